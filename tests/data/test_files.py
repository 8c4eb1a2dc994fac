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


def test_what_is_not_utf_8_is_read_as_what_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("q,a\nähm?,é\n".encode("latin-1"))
    with pytest.raises(DataError, match=r'a.csv:2: not UTF-8; .*tasks.options.encoding = "latin-1"'):
        list(raw_rows(file))
    assert [dict(row) for _, row in raw_rows(file, encoding="latin-1")] == [{"q": "ähm?", "a": "é"}]
    with pytest.raises(DataError, match="not ascii"):
        list(raw_rows(file, encoding="ascii"))
    file.write_bytes("q\ta\nähm?\té\n".encode("utf-16"))  # what a spreadsheet calls Unicode text
    assert [dict(row) for _, row in raw_rows(file)] == [{"q": "ähm?", "a": "é"}]


def test_arrow_files_of_both_kinds_and_structs_in_parquet(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra 'hub' is not installed")
    import pyarrow.feather as feather
    import pyarrow.parquet as pq

    rows = [{"messages": [{"role": "user", "content": "2+2?"}], "meta": {"kind": "sums", "tags": ["a", None]}}]
    table = pa.Table.from_pylist(rows)
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    feather.write_feather(table, str(tmp_path / "a.feather"))
    pq.write_table(table, tmp_path / "a.parquet")
    for name in ("a.arrow", "a.feather", "a.parquet"):
        assert [row for _, row in raw_rows(tmp_path / name)] == rows
    (tmp_path / "b.arrow").write_bytes(b"junk")
    with pytest.raises(DataError, match=r"b\.arrow: not an Arrow file"):
        list(raw_rows(tmp_path / "b.arrow"))


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json"])
def test_a_file_that_changes_while_it_is_read_is_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(text_of(file.suffix))
    rows = raw_rows(file)
    next(rows)
    with file.open("a") as more:
        more.write("x")
    with pytest.raises(DataError, match=f"{name} has changed while it was read; run again"):
        list(rows)


def test_a_cell_of_50_mb_is_a_value_like_any_other(tmp_path: Path) -> None:
    large = "x" * 50_000_000
    (tmp_path / "a.csv").write_text(f"q,a\n{large},1\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({"q": large, "a": "1"}))
    for name in ("a.csv", "a.jsonl"):
        ((_, row),) = raw_rows(tmp_path / name)
        assert row["q"] == large and row["a"] == "1"


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"x", "unknown kind of file"),
        ("a.jsonl", b" \n", "is empty"),
        ("a.csv", b"sep=;\n", "is empty"),
        ("a.csv", b"a,b,a\n1,2,3\n", "two columns are called 'a'"),
        ("a.jsonl", b'{"a": 1, "a": 2}\n', "the key 'a' is there twice"),
        ("a.parquet.gz", b"x", "unknown kind of file"),
        ("a.jsonl.gz", gzip.compress(b'{"a": 1}', mtime=0)[:-6], "not a whole gzip file"),
        ("a.jsonl.gz", b"plain", "not a whole gzip file"),
        ("none.jsonl", None, "cannot be read"),
    ],
)
def test_what_is_no_file_of_rows_is_one_line(name: str, data: bytes | None, why: str, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(DataError, match=why):
        list(raw_rows(tmp_path / name))
