"""Rows from files of every kind, and each way a file can be wrong."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orca2.errors import DataError, Orca2Error, RecipeError
from orca2.sources import hub, jsonl
from orca2.sources._protocol import Row

ROWS = [{"q": "2 + 2?", "a": "4", "why": "add"}, {"q": 'Line\nbreak, "quoted"?', "a": "yes", "why": "é"}]
FIELDS = {"prompt": "q", "target": "a"}


def write_jsonl(path: Path) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))


def write_csv(path: Path) -> None:
    with open(path, "w", newline="") as handle:
        writer = csv.DictWriter(handle, ["q", "a", "why"])
        writer.writeheader()
        writer.writerows(ROWS)


def write_tsv(path: Path) -> None:
    lines = ["q\ta\twhy", *("\t".join(v.replace("\n", "\\n") for v in row.values()) for row in ROWS)]
    path.write_text("\n".join(lines) + "\n")


def write_parquet(path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra 'hub' is not installed")
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(ROWS), path)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("suffix", "write"),
    [("jsonl", write_jsonl), ("csv", write_csv), ("tsv", write_tsv), ("parquet", write_parquet)],
)
def test_every_kind_gives_the_same_rows(
    tmp_path: Path, suffix: str, write: Callable[[Path], None], zipped: bool
) -> None:
    path = tmp_path / f"data.{suffix}"
    write(path)
    if zipped:
        if suffix == "parquet":
            return
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    rows = list(jsonl.load(tmp_path, "data.*", FIELDS, escapes=suffix == "tsv"))
    assert [(r.prompt, r.target, r.family) for r in rows] == [(r["q"], r["a"], "data") for r in ROWS]
    assert rows[1].fields["why"] == "é"


def test_templates_globs_and_headerless_files(tmp_path: Path) -> None:
    (tmp_path / "one.tsv").write_text("Q1\tA1\n")
    (tmp_path / "two.tsv").write_text("Q2\tA2\n")
    fields = {"prompt": "{question} Answer:", "target": "answer"}
    rows = list(jsonl.load(tmp_path, "*.tsv", fields, columns=["question", "answer"]))
    assert [(r.family, r.prompt, r.target) for r in rows] == [
        ("one", "Q1 Answer:", "A1"),
        ("two", "Q2 Answer:", "A2"),
    ]


def load(tmp_path: Path, content: bytes, name: str = "d.jsonl", **options: object) -> list[Row]:
    (tmp_path / name).write_bytes(content)
    return list(jsonl.load(tmp_path, name, **{"fields": FIELDS, **options}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "d.jsonl", "is empty"),
        (b"\n \n", "d.csv", "is empty"),
        (b'{"q": "x", "a": "1"}\n{"q": "y"', "d.jsonl", r"d.jsonl:2: not JSON"),
        (b'["x"]', "d.jsonl", r"d.jsonl:1: not a JSON object"),
        (b'{"q": "x"}', "d.jsonl", r"d.jsonl:1: no column 'a' for target; columns here: q"),
        (b'{"q": " ", "a": "1"}', "d.jsonl", r"d.jsonl:1: no prompt"),
        (b'{"q": "x", "a": ""}', "d.jsonl", r"d.jsonl:1: no target"),
        (b'{"q": "x", "a": "1"}\n{"q": "\xff", "a": "1"}', "d.jsonl", r"d.jsonl:2: not UTF-8"),
        (b"not gzip", "d.jsonl.gz", "not a whole gzip file"),
        (b"x", "d.xlsx", "unknown kind of file"),
        (b"junk", "d.parquet", "not a Parquet file"),
    ],
)
def test_each_wrong_file_is_one_line(tmp_path: Path, content: bytes, name: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        load(tmp_path, content, name)


def test_missing_file_and_wrong_role(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        list(jsonl.load(tmp_path, "none.jsonl"))
    with pytest.raises(RecipeError, match="did you mean 'target'"):
        load(tmp_path, b"{}", fields={"targt": "a"})


def test_hub_loads_what_datasets_loads(tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="the extra 'hub' is not installed")
    write_jsonl(tmp_path / "train.jsonl")
    rows = list(hub.load(str(tmp_path), fields=FIELDS, family="f"))
    assert [(r.family, r.prompt, r.target) for r in rows] == [("f", r["q"], r["a"]) for r in ROWS]
    with pytest.raises(Orca2Error, match="cannot load"):
        list(hub.load(str(tmp_path / "none")))
