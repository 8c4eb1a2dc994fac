"""Artifacts of a run folder: where they are written, and text that no file can hold as it is."""

import json
from pathlib import Path

import pytest

from orca2.core.types import Completion, Lesson, Message, Task
from orca2.errors import RunError
from orca2.recipe import Recipe, check
from orca2.run.folder import UNFINISHED, NonWritingRun, RunFolder


def recipe(**keys: str) -> Recipe:
    needed = {"name": "n", "tasks": {"source": "synthetic"}, "student": {"model": "m"}, "teacher": {"model": "solver"}}
    return check({**needed, **keys}, "here")


def folder(path: Path, **keys: str) -> RunFolder:
    return RunFolder(path, recipe(**keys), path, {"stages": {}})


def fail(run: RunFolder, stage: str, keep: bool) -> None:
    """A stage that fails when it has made an artifact."""
    with run.making(stage, keep):
        run.write_json("a.json", {"half": 1})
        assert run.read_json("a.json", stage) == {"half": 1}
        raise KeyError


def test_half_a_character_of_a_model_can_be_read_again(tmp_path: Path) -> None:
    run, said = folder(tmp_path), "cat \ud83d \U0001f408"
    lesson = Lesson((Message("user", said),), "t")
    run.write_rows("a.jsonl", [lesson])
    run.append_rows("a.jsonl", [lesson])
    run.write_json("b.json", Completion(said, "stop"))
    (first, second), repaired = run.read_rows("a.jsonl", "erase", Lesson), said.replace("\ud83d", "\ufffd")
    assert first == second and first.messages[0].content == repaired
    assert run.read_noun("b.json", "teach", Completion).text == repaired
    for path in tmp_path.iterdir():
        path.read_bytes().decode()


def test_what_a_stage_makes_lies_apart_until_it_has_ended_well(tmp_path: Path) -> None:
    run = folder(tmp_path)
    run.write_json("a.json", {"old": 1})
    with run.new_folder("d") as place:
        (place / "x").write_text("old")
    before = run.digest(["a.json", "d"])
    with pytest.raises(KeyError):
        fail(run, "teach", False)
    assert run.read_json("a.json", "teach") == {"old": 1} and not (tmp_path / UNFINISHED).exists()
    with run.making("teach", keep=False):
        run.write_json("a.json", {"new": 2})
        with run.new_folder("d") as place:
            (place / "x").write_text("new")
        made = run.digest(["a.json", "d"])
        assert (tmp_path / "d" / "x").read_text() == "old"
    run.finish("teach", {"files": ["a.json", "d"]})
    assert run.digest(["a.json", "d"]) == made != before
    assert run.read_json("a.json", "teach") == {"new": 2} and (tmp_path / "d" / "x").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "d", "record.json"]


def test_a_training_that_failed_finds_what_it_had_made(tmp_path: Path) -> None:
    run = folder(tmp_path)
    with pytest.raises(KeyError):
        fail(run, "train", True)
    assert not (tmp_path / "a.json").exists()
    other = NonWritingRun(tmp_path, run.recipe, tmp_path, run.record)
    for again in (run, other):
        with again.making("train", keep=True):
            assert again.read_json("a.json", "train") == {"half": 1}


def test_how_long_a_training_took_is_no_part_of_its_outcome(tmp_path: Path) -> None:
    run = folder(tmp_path)
    outcomes = []
    for seconds, loss in ((1.0, 0.5), (2.0, 0.5), (2.0, 0.6)):
        run.write_json(
            "train.json", {"training": {"seconds": seconds, "tokens_per_second": 9 / seconds, "loss": [loss]}}
        )
        outcomes.append(run.digest(["train.json"]))
    assert outcomes[0] == outcomes[1] != outcomes[2]


def test_an_artifact_of_another_shape_is_one_line(tmp_path: Path) -> None:
    run = folder(tmp_path)
    run.write_json("b.json", {"text": 1})
    with pytest.raises(RunError, match=r"b\.json: text: .*; remake it: orca2 teach .* --redo"):
        run.read_noun("b.json", "teach", Completion)
    with pytest.raises(RunError, match=r"c\.json is missing .*; run: orca2 teach "):
        run.read_json("c.json", "teach")


def test_the_cache_may_be_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    run = folder(tmp_path, cache="~/answers.sqlite")
    assert run._cache.path == tmp_path / "home" / "answers.sqlite"
    run._cache.close()
    assert folder(tmp_path, cache="mine.sqlite")._cache.path == tmp_path / "mine.sqlite"


def test_the_record_keeps_the_recipe_that_things_were_made_by(tmp_path: Path) -> None:
    run = folder(tmp_path)
    run.save()
    other = RunFolder(tmp_path, recipe(name="other"), tmp_path, run.record)
    other.adopted = False
    other.save()
    assert json.loads((tmp_path / "record.json").read_text())["name"] == "n"
    other.finish("report", {"files": []})
    assert json.loads((tmp_path / "record.json").read_text())["name"] == "other"


def test_tasks_are_read_once_until_their_file_is_another(tmp_path: Path) -> None:
    run = folder(tmp_path)
    first, second = (Task(name, "f", "?", "1", "number", "train") for name in "ab")
    run.write_rows("tasks.jsonl", [first])
    assert run.tasks() is run.tasks() and list(run.tasks()) == [first]
    run.write_rows("tasks.jsonl", [first, second])
    assert list(run.tasks()) == [first, second]
