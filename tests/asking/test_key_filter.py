"""Which keys may be there: never fewer than are, those of other connections too."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.cache import Cache
from tests.asking.test_cache import put
from tests.laws import examples


@pytest.mark.slow
@examples(20)
@given(st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=30))
def test_what_is_known_is_what_is_there(tmp_path_factory: object, keys: set[bytes]) -> None:
    path = Path(tmp_path_factory.mktemp("cache"), "answers.sqlite")  # type: ignore[attr-defined]
    there, first = sorted(keys), Cache(path)
    put(first, *there[::2])
    second = Cache(path)
    for cache in (first, second):
        for key_prefix in {key[:8] for key in keys}:
            known = cache.key_filter(key_prefix)
            mine = [key for key in there if key.startswith(key_prefix)]
            assert [known.get(key) is not None for key in mine] == [key in there[::2] for key in mine]
    first.close()
    second.close()


def test_an_answer_that_another_connection_adds_is_seen_soon(tmp_path: Path) -> None:
    first, second = Cache(tmp_path / "a"), Cache(tmp_path / "a")
    known = first.key_filter(b"x" * 8)
    assert known.get(b"x" * 32) is None
    put(second, b"x" * 32)
    while known.get(b"x" * 32) is None:  # the time limit of the test is that of this
        pass
    second.close()
    first.close()
