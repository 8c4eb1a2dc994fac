"""What status says of a run: done, owed and why, and what to type next; it writes nothing and waits for nobody."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from orca2 import pipeline, recipe, stages
from orca2.run.folder import RunFolder
from tests.conftest import Run

RECIPE = """
name = "small"
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum"]
limits = { profile = 3, train = 8, test = 4 }
[student]
model = "none"
[teacher]
model = "solver"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose tasks are done."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "small.toml").write_text(RECIPE)
    run = folder / "a run"
    pipeline.run(pipeline.open_run(run, recipe.load(folder / "small.toml"), folder, redo=False), ["tasks"])
    return run


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "a run")
    return tmp_path / "a run"


def finish(path: Path, stage: str) -> RunFolder:
    """Enter a stage into the record as if it had been done, with files that hold nothing."""
    folder = pipeline.reopen(path)
    files = list(stages.BY_NAME[stage].makes)
    for file in files:
        (path / file).write_text("{}")
    outputs = folder.digest(files)
    folder.record["stages"][stage] = {
        "seconds": 1.0, "tokens_in": 7, "tokens_out": 9, "files": files, "outputs": outputs,
        **pipeline.made_from(folder, stage),
    }  # fmt: skip
    folder.save()
    return folder


def status(run: Run, path: Path, *overrides: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The object that --json gives, and its stages by name."""
    code, out, err = run("status", path, *overrides, "--json")
    assert code == 0 and not err and out.count("\n") == 1, err
    whole: dict[str, Any] = json.loads(out)
    return whole, {stage["stage"]: stage for stage in whole["stages"]}


def test_what_is_done_and_what_is_not_yet(run: Run, path: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*")}
    with pipeline.reopen(path).lock():
        before |= {path / ".lock": (path / ".lock").stat().st_mtime_ns}
        whole, stages = status(run, path)
        code, out, _ = run("status", path)
    assert {file: file.stat().st_mtime_ns for file in path.rglob("*")} == before
    assert (whole["name"], whole["seed"], whole["spent"]) == ("small", 0, 0.0)
    assert [stage["state"] for stage in whole["stages"]] == ["done", *["pending"] * 9]
    assert stages["tasks"]["finished"][:2] == "20" and stages["tasks"]["seconds"] >= 0
    assert not any(stages["teach"][key] for key in ("finished", "keys", "missing", "outcomes", "begun"))
    assert whole["next"] == f"orca2 run '{path}'"
    assert code == 0 and "not done yet" in out and f"go on: orca2 run '{path}'\n" in out
    assert f"what would be asked and its price: orca2 teach '{path}' --dry-run\n" in out


def test_keys_that_are_others(run: Run, path: Path) -> None:
    whole, stages = status(run, path, "tasks.limits.train=9", "train.epochs=3")
    assert stages["tasks"]["keys"] == [{"key": "tasks.limits.train", "then": 8, "now": 9}]
    assert whole["next"] == f"orca2 run '{path}' tasks.limits.train=9 train.epochs=3 --redo"
    assert "tasks.limits.train was 8 and is 9" in run("status", path, "tasks.limits.train=9")[1]
    assert status(run, path, "teacher.max_cost=3")[1]["tasks"]["state"] == "done"  # redoes nothing
    code, out, line = run("status", path, "tasks.limit=9")
    assert code == 2 and not out and line.count("\n") == 1


def test_files_outcomes_and_what_waits(run: Run, path: Path) -> None:
    finish(path, "profile")
    assert status(run, path)[1]["profile"] | {"finished": ""} == {
        "stage": "profile", "state": "done", "finished": "", "seconds": 1.0, "tokens_in": 7, "tokens_out": 9,
        "tokens_thought": 0, "cost": None, "keys": [], "missing": [], "outcomes": [], "edited": False, "data": [],
        "begun": False, "waits_for": [],
    }  # fmt: skip
    (path / "tasks.jsonl").unlink()
    whole, stages = status(run, path)
    assert stages["tasks"]["missing"] == ["tasks.jsonl"] and stages["profile"]["waits_for"] == ["tasks"]
    assert whole["next"] == f"orca2 run '{path}'"
    assert "anew if tasks comes out otherwise" in run("status", path)[1]
    folder = pipeline.reopen(path)
    folder.record["stages"]["tasks"]["outputs"] = "another"
    folder.save()
    assert status(run, path)[1]["profile"]["outcomes"] == ["tasks"]
    assert "tasks came out otherwise" in run("status", path)[1]


def test_a_training_that_was_begun(run: Run, path: Path) -> None:
    (path / "checkpoints" / "explain").mkdir(parents=True)
    assert status(run, path)[1]["explain"]["begun"]
    assert "begun; it goes on from its last checkpoint" in run("status", path)[1]


def test_all_is_done(run: Run, path: Path) -> None:
    for stage in pipeline.STAGES[1:]:
        folder = finish(path, stage)
    folder.record["spent"] = 1.5
    folder.record["asked"] = {"teach": {"cost": 1.5}}
    folder.save()
    whole, stages = status(run, path)
    assert whole["next"] is None and whole["spent"] == stages["teach"]["cost"] == 1.5
    out = run("status", path)[1]
    assert "nothing is owed" in out and "$1.50" in out and "--dry-run" not in out
