"""Rows of every kind of file, zipped or not, and files that are none."""

import gzip
import json
from pathlib import Path

import pytest

from orca2.data.files import raw_rows
from orca2.errors import DataError

ROWS = [{"question": "What is 1 + 1?", "answer": "2"}, {"question": 'ähm, "so"?', "answer": ""}]


def text_of(suffix: str) -> str:
    if suffix == ".json":
        return json.dumps(ROWS)
    if suffix in (".jsonl", ".ndjson"):
        return "".join(json.dumps(row) + "\n" for row in ROWS)
    mark = "\t" if suffix == ".tsv" else ","
    lines = [["question", "answer"], ["What is 1 + 1?", "2"], ['"ähm, ""so""?"', ""]]
    return "".join(mark.join(line) + "\n" for line in lines)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".CSV"])
def test_each_kind_has_the_same_rows(suffix: str, zipped: bool, tmp_path: Path) -> None:
    file = tmp_path / f"data{suffix}{'.gz' if zipped else ''}"
    data = text_of(suffix.lower()).encode()
    file.write_bytes(gzip.compress(data) if zipped else data)
    rows = [row for _, row in raw_rows(file)]
    assert rows[0] == ROWS[0] and rows[1]["question"] == ROWS[1]["question"]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert [dict(row) for _, row in raw_rows(tmp_path / "a.csv")] == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"x", "unknown kind of file"),
        ("a.jsonl", b" \n", "is empty"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}')[:-6], "not a whole gzip file"),
        ("a.jsonl.gz", b"plain", "not a whole gzip file"),
        ("none.jsonl", None, "cannot be read"),
    ],
)
def test_what_is_no_file_of_rows_is_one_line(name: str, data: bytes | None, why: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=why):
        list(raw_rows(tmp_path / name))
