"""Rows from files of every kind, and each way a file can be wrong."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orca2.data.row import Row
from orca2.errors import DataError, Orca2Error, RecipeError
from orca2.sources import hub, jsonl

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
        (b"x", "d.jsonl.zst", "unknown kind of file"),
        (b"junk", "d.parquet", "not a Parquet file"),
    ],
)
def test_each_wrong_file_is_one_line(tmp_path: Path, content: bytes, name: str, said: str) -> None:
    with pytest.raises(DataError, match=said):
        load(tmp_path, content, name)


@pytest.mark.parametrize("left", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("name", ["d.jsonl.gz", "d.csv.gz", "d.json.gz"])
def test_a_zipped_file_that_ends_early_is_refused_wherever_it_was_cut(tmp_path: Path, name: str, left: float) -> None:
    lines = b"".join(
        json.dumps({"q": f"What is {n} + {n * n}?", "a": str(n + n * n)}).encode() + b"\n" for n in range(99)
    )
    whole = gzip.compress(lines)
    with pytest.raises(DataError, match=r"\.gz: not a whole gzip file"):
        load(tmp_path, whole[: int(len(whole) * left)], name)


def test_a_last_line_needs_no_line_break(tmp_path: Path) -> None:
    rows = [row.target for row in load(tmp_path, b'{"q": "x", "a": "1"}\n{"q": "y", "a": "2"}')]
    assert rows == ["1", "2"]
    assert [row.target for row in load(tmp_path, b"q,a\nx,1\ny,2", "d.csv")] == ["1", "2"]


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


def parquet(tmp_path: Path, rows: list[dict[str, object]], **types: object) -> Path:
    pa = pytest.importorskip("pyarrow", reason="the extra 'hub' is not installed")
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(rows)
    for name, kind in types.items():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(kind))
    pq.write_table(table, tmp_path / "d.parquet")
    return tmp_path / "d.parquet"


def test_a_parquet_file_has_the_same_values(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow", reason="the extra 'hub' is not installed")
    rows: list[dict[str, object]] = [
        {"q": "x", "a": 0.1, "d": 1.5, "n": {"t": ["u"]}},
        {"q": "y", "a": 3.14, "d": float("nan"), "n": None},
    ]
    parquet(tmp_path, rows, a=pa.float32())
    found = list(jsonl.load(tmp_path, "d.parquet", FIELDS))
    assert [row.target for row in found] == ["0.1", "3.14"]
    assert found[0].fields == {"q": "x", "a": "0.1", "d": "1.5", "n": '{"t": ["u"]}'} and "d" not in found[1].fields
    with pytest.raises(DataError, match=r"d\.parquet:2: no target in column 'd'"):
        list(jsonl.load(tmp_path, "d.parquet", {"prompt": "q", "target": "d"}))
    table = pa.table([["x"], ["1"], ["2"]], names=["q", "a", "a"])
    import pyarrow.parquet as pq

    pq.write_table(table, tmp_path / "d.parquet")
    with pytest.raises(DataError, match="two columns are called 'a'"):
        list(jsonl.load(tmp_path, "d.parquet", FIELDS))


@pytest.mark.parametrize("source", ["hub", "jsonl"])
def test_class_labels_are_their_names(tmp_path: Path, source: str) -> None:
    datasets = pytest.importorskip("datasets", reason="the extra 'hub' is not installed")
    kinds = datasets.ClassLabel(names=["bad", "good"])
    features = datasets.Features({"q": datasets.Value("string"), "a": kinds})
    datasets.Dataset.from_dict({"q": ["x", "y"], "a": [1, 0]}, features=features).to_parquet(tmp_path / "train.parquet")
    rows = hub.load(str(tmp_path), fields=FIELDS) if source == "hub" else jsonl.load(tmp_path, "*.parquet", FIELDS)
    assert [row.target for row in rows] == ["good", "bad"]


def test_halves_of_characters_and_missing_numbers(tmp_path: Path) -> None:
    (row,) = load(tmp_path, b'{"q": "x \\ud83d", "a": "\\udc4d", "why": "\\ud83d\\ude00"}')
    assert (row.prompt, row.target, row.fields["why"]) == ("x \ufffd", "\ufffd", "\U0001f600")
    for word in (b"NaN", b"Infinity", b"-Infinity", b"null"):
        with pytest.raises(DataError, match=r"d\.jsonl:1: no target in column 'a'"):
            load(tmp_path, b'{"q": "x", "a": ' + word + b"}")


def test_names_are_taken_as_they_are_and_patterns_as_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, base = tmp_path / "home", tmp_path / "study [v2]"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    for folder in (home / "data [a]", base):
        folder.mkdir(parents=True)
        (folder / "rows[1].jsonl").write_text(json.dumps(ROWS[0]) + "\n")
    for path in (
        "rows[1].jsonl",
        "rows*.jsonl",
        str(base / "*.jsonl"),
        "~/data [a]/rows[1].jsonl",
        "~/data [a]/*.jsonl",
    ):
        assert len(list(jsonl.load(base, path, FIELDS))) == 1, path
    assert len(list(jsonl.load(tmp_path, ["study [v2]/*.jsonl", "home/*/rows?1?.jsonl"], FIELDS))) == 2
    with pytest.raises(DataError, match=r"home.none\.jsonl does not exist"):
        list(jsonl.load(base, "~/none.jsonl", FIELDS))


def test_a_folder_without_a_data_file(tmp_path: Path) -> None:
    (tmp_path / "d.csv").mkdir()
    (tmp_path / "d.csv" / ".hidden.jsonl").write_text("{}")
    with pytest.raises(DataError, match=r"d\.csv holds no data file"):
        list(jsonl.load(tmp_path, "d.csv", FIELDS))


def test_options_that_no_file_is_read_with(tmp_path: Path) -> None:
    for options, said in (
        ({"encoding": "latin-99"}, "tasks.options.encoding: no 'latin-99'"),
        ({"delimiter": "||"}, r"tasks.options.delimiter: '\|\|' is no single mark"),
        ({"shape": "alpacca"}, r"tasks.options.shape: no 'alpacca' \(did you mean 'alpaca'\?\)"),
    ):
        with pytest.raises(RecipeError, match=said):
            load(tmp_path, b"q;a\nx;1\n", "d.csv", **options)
    (row,) = load(tmp_path, "q;a\nähm;1\n".encode("latin-1"), "d.csv", encoding="latin-1")
    assert (row.prompt, row.target) == ("ähm", "1")
