"""The hub's source, of folders on this machine: nothing is downloaded."""

import json
from pathlib import Path

import pytest

from orca2.errors import DataError, RecipeError
from orca2.sources.hub import check, files, load


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "data"
    made.mkdir()
    (made / "train.jsonl").write_text("".join(json.dumps({"q": f"q{n}", "a": str(n)}) + "\n" for n in range(3)))
    (made / ".hidden").write_text("x")
    return made


def test_rows_of_a_folder(folder: Path) -> None:
    pytest.importorskip("datasets", reason="the extra hub is not installed")
    rows = list(load(str(folder), fields={"prompt": "q", "target": "a"}, family="mine"))
    assert [(row.prompt, row.target, row.family) for row in rows] == [(f"q{n}", str(n), "mine") for n in range(3)]


def test_rows_as_people_have_them(folder: Path) -> None:
    pytest.importorskip("datasets", reason="the extra hub is not installed")
    talk = [{"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}]
    (folder / "train.jsonl").write_text(json.dumps({"messages": talk, "meta": {"kind": "sums"}}) + "\n")
    said: list[str] = []
    (row,) = load(str(folder), fields={"family": "meta.kind"}, say=said.append)
    assert (row.family, row.prompt, row.target) == ("sums", "2+2?", "4") and "messages of a user" in said[0]
    with pytest.raises(RecipeError, match="no 'chat'"):
        check(shape="chat")


def test_what_cannot_be_loaded_is_one_line(folder: Path) -> None:
    pytest.importorskip("datasets", reason="the extra hub is not installed")
    with pytest.raises(DataError, match=r"tasks\.options\.path: cannot load .*, split 'none'") as raised:
        list(load(str(folder), split="none", fields={"prompt": "q", "target": "a"}))
    assert "\n" not in str(raised.value)


def test_a_field_map_that_no_row_fills() -> None:
    with pytest.raises(RecipeError):
        check(fields={"never_a_field": "q"})


def test_the_files_of_a_folder_without_hidden_ones(folder: Path) -> None:
    assert files(Path(), {"path": str(folder)}) == {"path": [folder / "train.jsonl"]}
    assert files(Path(), {"path": "owner/name"}) == files(Path(), {}) == {"path": []}
