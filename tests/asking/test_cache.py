"""The file of answers: on disk when it says so, shared by processes, and nobody else's."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.cache import Cache
from tests.laws import examples

HOLD = """
import sys
from pathlib import Path
from orca2.asking.cache import Cache
cache = Cache(Path(sys.argv[1]))
print(cache.locks.acquire(b"k" * 32), flush=True)
sys.stdin.read()
"""


def put(cache: Cache, *keys: bytes) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(cache.put(key, "m", b"request", b"answer to " + key) for key in keys))

    asyncio.run(all_of_them())


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


def test_an_answer_is_on_disk_once_its_future_is_done(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a")

    async def one() -> bytes | None:
        await cache.put(b"k", "m", b"", b"raw")
        other = Cache(tmp_path / "a")
        raw = other.get(b"k")
        other.close()
        return raw

    assert asyncio.run(one()) == b"raw"
    cache.close()


def test_a_claim_goes_with_its_process(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path / "a"), b"k" * 32
    assert not cache.locks.others
    command = [sys.executable, "-c", HOLD, str(tmp_path / "a")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "True\n"
        cache.locks.refresh()
        assert cache.locks.others
        assert not cache.locks.acquire(key) and cache.locks.acquire(b"l" * 32)
        os.kill(process.pid, 9)
    assert cache.locks.acquire(key)
    cache.locks.refresh()
    assert not cache.locks.others
    cache.close()
