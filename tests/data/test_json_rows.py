"""JSON: an object a line, a list, one object over many lines; keys that are there twice."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.data.files import raw_rows
from orca2.data.json_rows import json_rows
from orca2.errors import DataError

ROWS = [{"q": "é [1], {2}", "a": 4}, {"q": "two\nlines", "a": [1, {"b": "]"}]}, {"q": "c", "a": None}]


def rows(tmp_path: Path, content: str, name: str = "d.json") -> list[Any]:
    (tmp_path / name).write_text(content, encoding="utf-8")
    return list(raw_rows(tmp_path / name))


@pytest.mark.parametrize("name", ["d.json", "d.jsonl", "d.ndjson", "D.JSON", "d.NDJSON"])
@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_list_is_rows_with_their_lines(tmp_path: Path, name: str, indent: int | None) -> None:
    content = " \n" + json.dumps(ROWS, indent=indent, ensure_ascii=False) + "\n"
    found = rows(tmp_path, content, name)
    assert [row for _, row in found] == ROWS
    lines = content.split("\n")
    assert all("{" in lines[number - 1] for number, _ in found)


def test_lines_and_one_object_over_many(tmp_path: Path) -> None:
    assert rows(tmp_path, "\n".join(map(json.dumps, ROWS))) == list(enumerate(ROWS, 1))
    assert rows(tmp_path, json.dumps({"data": ROWS}, indent=1)) == [(1, {"data": ROWS})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"q": 1},\n {"q": 2}', r"d\.json: the list ends without a \] after the row of line 2"),
        ('[{"q": 1}\n {"q": 2}]', r"d\.json: the list ends without a \] after the row of line 1"),
        ('[{"q": 1},\n {"q": }]', r"d\.json:2: not JSON"),
        ("[1, 2]", r"d\.json:1: not a JSON object"),
        ('[{"q": 1}] {"q": 2}', "something follows the list"),
        ("[", r"d\.json:1: not JSON"),
        ('{"q": 1, "a": 2, "q": 3}', r"d\.json:1: the key 'q' is there twice"),
        ('[{"a": {"b": 1, "b": 2}}]', r"d\.json:1: the key 'b' is there twice"),
        ('{"q": ' + "9" * 5000 + "}", r"d\.json:1: Exceeds the limit"),
        ("[" * 100_000, r"d\.json:1: .*recursion"),
        ('{"q": ' + "[" * 100_000 + "}", r"d\.json:1: .*recursion"),
        ('{"q": 1}\n{"q": 2', r"d\.json:2: not JSON"),
        ('"text"', r"d\.json:1: not a JSON object"),
    ],
)
def test_what_is_no_row_is_one_line(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        rows(tmp_path, content)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=4),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_any_list_is_read_as_it_was(made: list[dict[str, Any]], indent: int | None, plain: bool) -> None:
    content = json.dumps(made, indent=indent, ensure_ascii=plain)
    assert [row for _, row in json_rows(Path("made"), content)] == made
