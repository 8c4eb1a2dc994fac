"""Folders of data files, as people and as `datasets` keep them."""

import json
from pathlib import Path

import pytest

from orca2.data.folders import data_files, family_of, in_folder, splits_of
from orca2.errors import DataError
from orca2.sources import jsonl

ROW = {"question": "2+2?", "answer": "4"}


def test_the_files_of_a_folder_are_those_of_rows(tmp_path: Path) -> None:
    for name in (
        "b.jsonl",
        "sub/A.CSV",
        "c.json.gz",
        ".git/x.jsonl",
        "README.md",
        "dataset_info.json",
        "cache-1.arrow",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("{}")
    assert [file.relative_to(tmp_path).as_posix() for file in data_files(tmp_path)] == [
        "b.jsonl",
        "c.json.gz",
        "sub/A.CSV",
    ]
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"holds no data file; put one there of \.jsonl"):
        in_folder(tmp_path / "empty")


def test_parts_of_one_data_set_are_one_family(tmp_path: Path) -> None:
    folder = tmp_path / "sums"
    for name, family in (
        ("train-00000-of-00012.parquet", "sums"), ("data-00001-of-00002.arrow", "sums"), ("test.jsonl", "sums"),
        ("logic.csv", "logic"), ("logic-00000-of-00002.csv.gz", "logic"),
    ):  # fmt: skip
        assert family_of(folder / name, folder) == family
    assert family_of(folder / "train.jsonl", None) == "train"
    files = [folder / "data" / "train-00000-of-00001.parquet", folder / "test" / "data-00000-of-00001.arrow"]
    assert splits_of(files, folder) == ["test", "train"]


def test_a_folder_that_datasets_saved(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets", reason="the extra 'hub' is not installed")
    kinds = datasets.ClassLabel(names=["bad", "good"])
    features = datasets.Features({"text": datasets.Value("string"), "label": kinds})
    parts = {
        split: datasets.Dataset.from_dict({"text": [f"{split} 1", f"{split} 2"], "label": [0, 1]}, features=features)
        for split in ("train", "test")
    }
    datasets.DatasetDict(parts).save_to_disk(tmp_path / "moods")
    said: list[str] = []
    rows = list(jsonl.load(tmp_path, "moods", say=said.append))
    assert [(row.family, row.prompt, row.target) for row in rows] == [
        ("moods", "test 1", "bad"), ("moods", "test 2", "good"),
        ("moods", "train 1", "bad"), ("moods", "train 2", "good"),
    ]  # fmt: skip
    assert said[0] == "moods: its test, train are read as one, and split anew by content"
    assert len(jsonl.files(tmp_path, {"path": "moods"})["path"]) == 2


def test_a_folder_of_files_of_several_shapes(tmp_path: Path) -> None:
    talk = [{"from": "human", "value": "2+2?"}, {"from": "gpt", "value": "4"}]
    (tmp_path / "talks.json").write_text(json.dumps([{"conversations": talk}]))
    (tmp_path / "pairs.csv").write_text("question;answer\n2+2?;4\n")
    said: list[str] = []
    rows = list(jsonl.load(tmp_path.parent, tmp_path.name, say=said.append))
    assert [(row.family, row.prompt, row.target) for row in rows] == [("pairs", "2+2?", "4"), ("talks", "2+2?", "4")]
    assert [line.partition(":")[0] for line in said] == ["pairs", "talks"]
