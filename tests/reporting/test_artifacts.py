"""Artifacts are read as data that is safe to show; what is missing or broken says how to make it again."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Message
from orca2.errors import DataError, RunError
from orca2.reporting import artifacts

VALUES = st.recursive(
    st.none() | st.booleans() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


def texts(value: Any) -> list[str]:
    """All text in a value, names of entries included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for entry in value.items() for part in entry for text in texts(part)]
    return [text for part in value for text in texts(part)] if isinstance(value, list) else []


@given(VALUES)
def test_nothing_unprintable_is_left(value: object) -> None:
    shown = artifacts.clean(value)
    assert not artifacts.UNPRINTABLE.search("".join(texts(shown))) and artifacts.clean(shown) == shown


def test_a_mark_stands_where_it_was() -> None:
    assert artifacts.clean("a\x00b\ud800") == "a\ufffdb\ufffd"


def test_nouns(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"role": "user", "content": "hi"}\n\n{"role": "user", "content": "so"}\n')
    assert artifacts.read_nouns(tmp_path, "a.jsonl", "teach", Message)[1] == Message("user", "so")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "a.json is missing .*; run: orca2 teach"),
        ("{", "is not valid JSON: .* remake it: orca2 teach .* --redo"),
        ('{"role": "user"}', "content: .*; remake it"),
        ('{"role": "nobody", "content": "x"}', "role: .*; remake it"),
    ],
)
def test_what_is_wrong_says_how_to_make_it_again(content: str | None, why: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.json").write_text(content)
    with pytest.raises(RunError, match=why):
        artifacts.read_noun(tmp_path, "a.json", "teach", Message)


def test_paths(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=re.escape(f"orca2 run RECIPE --run {tmp_path}")):
        artifacts.check_run(tmp_path)
    for out in (tmp_path, tmp_path / "none" / "page.html"):
        with pytest.raises(DataError, match="give the path of a file"):
            artifacts.check_out(out)
    artifacts.check_out(None)
    artifacts.check_out(tmp_path / "page.html")
