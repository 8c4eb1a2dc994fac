"""Doing a stage again: what may change without it, what it leaves standing, and what is kept if it fails."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from orca2 import pipeline, recipe
from orca2.errors import RunError
from orca2.run.folder import UNFINISHED, RunFolder
from tests.conftest import Run

RECIPE = """
name = "tiny"
strategies = ["direct", "./mine.py"]
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum"]
limits = { profile = 3, train = 8, test = 4 }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "./teacher.py"
[explain]
eval_points = 1
eval_tasks = 2
tasks = 2
row_tokens = 256
[profile]
max_tokens = 8
[teach]
tasks_per_family = 5

[train]
row_tokens = 256
[evaluate]
max_tokens = 8
"""
MINE = """
from orca2.core.types import Strategy
STRATEGY = Strategy("mine", "In steps.", ("Go step by step.",), "the answer is ...")
"""
TEACHER = """
from orca2.core.types import Completion

class Teacher:
    name, keep = "teacher", False

    async def generate(self, requests):
        for index, request in enumerate(requests):
            yield index, Completion(f"So the answer is {request.task.target}.", "stop", 1, 2)

def load(concurrency: int = 1, mood: str = "good"):
    if mood == "bad":
        raise RuntimeError("no")
    return Teacher()
"""


@pytest.fixture(scope="module")
def made(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe and its plug-ins, and the run of it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "tiny.toml").write_text(RECIPE.replace("TINY", str(tiny)))
    (folder / "mine.py").write_text(MINE)
    (folder / "teacher.py").write_text(TEACHER)
    pipeline.run(opened(folder))
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copied")
    return tmp_path / "copied"


def opened(folder: Path, *overrides: str, redo: bool = False) -> RunFolder:
    return pipeline.open_run(folder / "run", recipe.load(folder / "tiny.toml", overrides), folder, redo)


def owed(folder: RunFolder) -> list[str]:
    return [name for name in pipeline.STAGES if not pipeline.is_done(folder, name)]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "override",
    [
        "student.device=auto", "student.batch_tokens=64", "train.save_minutes=0", "explain.report_to=['wandb']",
        "train.compile=true", "explain.gradient_checkpointing=true", "teacher.options={concurrency=9}",
        "teacher.max_cost=1.5", "teacher.prices={in=1.0,out=2.0}", "cache='elsewhere.sqlite'",
    ],
)  # fmt: skip
def test_keys_of_a_machine_or_an_account_redo_nothing(made: Path, override: str) -> None:
    assert owed(opened(made, override)) == []


@pytest.mark.parametrize(
    ("override", "first"),
    [
        ("train.batch_tokens=64", "train"), ("teacher.options={mood='bad'}", "explain"), ("name='other'", "report"),
        ("student.system='Be brief.'", "explain"), ("tasks.max_prompt_chars=900", "tasks"),
        ("teach.tasks_per_family=4", "teach"),
        ("evaluate.max_tokens=9", "evaluate"), ("erase.few_shot=0.5", "erase"), ("data_seed=3", "tasks"),
    ],
)  # fmt: skip
def test_all_others_are_refused_from_the_first_stage_that_reads_them(made: Path, override: str, first: str) -> None:
    with pytest.raises(RunError, match=f"other values of .*redo it from {first}$"):
        opened(made, override)
    assert owed(opened(made, override, redo=True))[0] == first


def test_a_missing_tracker_strikes_nothing(copied: Path, run: Run) -> None:
    before = contents(copied / "run")
    code, _, said = run("train", copied / "run", "train.report_to=['no_such_tracker']", "--redo")
    assert code == 2 and "report_to = ['no_such_tracker']" in said.splitlines()[-1]
    assert owed(opened(copied)) == []
    after = contents(copied / "run")
    assert {name for name in before if before[name] != after.get(name)} <= {"record.json", ".lock"}
    record = json.loads(after["record.json"])
    assert record["stages"] == json.loads(before["record.json"])["stages"]


def test_a_redo_that_fails_leaves_the_run_as_it_was_under_its_own_keys(copied: Path) -> None:
    with pytest.raises(RuntimeError, match="no"):
        pipeline.run(opened(copied, "teacher.options={mood='bad'}", redo=True))
    assert owed(opened(copied)) == [] and not (copied / "run" / UNFINISHED / "teach").exists()
    assert json.loads((copied / "run" / "record.json").read_text())["recipe"]["teacher"]["options"] == {}
    assert owed(pipeline.reopen(copied / "run")) == []


@pytest.mark.parametrize("stage", ["tasks", "explain", "profile", "teach", "verify", "erase", "train"])
def test_the_same_outcome_leaves_the_rest_standing(copied: Path, stage: str) -> None:
    folder = opened(copied)
    pipeline.invalidate(folder, stage)
    assert owed(folder) == [stage]
    pipeline.run(folder, [stage])
    assert owed(folder) == owed(opened(copied)) == []
    assert not (folder.path / UNFINISHED).exists()


def test_another_outcome_is_passed_on_as_far_as_it_goes(copied: Path) -> None:
    folder = opened(copied, "profile.choose={lookup='mine',running_sum='mine'}", redo=True)
    pipeline.run(folder, ["profile"])
    assert owed(folder) == ["teach", "evaluate", "report"]
    pipeline.run(folder, ["teach"])
    assert "verify" in owed(folder)


def test_a_changed_plug_in_is_named(copied: Path) -> None:
    (copied / "mine.py").write_text(MINE.replace("Go step by step.", "Take one step after the other."))
    with pytest.raises(RunError, match=r"other values of strategies; .*redo it from explain"):
        opened(copied)


def test_a_kill_while_files_get_their_names_is_mended(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = opened(copied, "erase.few_shot=1.0", "erase.demonstrations=[1, 2]", redo=True)
    with monkeypatch.context() as patch:
        patch.setattr(
            RunFolder, "move_finished", lambda folder: folder.record.get("moving") and (_ for _ in ()).throw(KeyError)
        )
        with pytest.raises(KeyError):
            pipeline.run(folder, ["erase"])
    before = (copied / "run" / "lessons.jsonl").read_bytes()
    again = opened(copied, "erase.few_shot=1.0", "erase.demonstrations=[1, 2]")
    pipeline.run(again, ["erase"])
    assert (copied / "run" / "lessons.jsonl").read_bytes() != before and pipeline.is_done(again, "erase")
    assert not (copied / "run" / UNFINISHED).exists() and "moving" not in again.record


CUT = {
    "tasks.jsonl": ("teach", "tasks"), "tasks.json": ("report", "tasks"), "explain.json": ("profile", "explain"),
    "eval-points.jsonl": ("profile", "explain"), "profile.json": ("teach", "profile"),
    "demonstrations.jsonl": ("verify", "teach"), "verified.jsonl": ("erase", "verify"),
    "lessons.jsonl": ("train", "erase"), "evaluate.json": ("report", "evaluate"),
    "answers.jsonl": ("report", "evaluate"),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_a_cut_artifact_is_one_line_with_the_verb_that_makes_it_again(copied: Path, run: Run, name: str) -> None:
    (stage, made_by), path = CUT[name], copied / "run" / name
    whole = path.read_bytes()
    for broken in (whole[: len(whole) // 2], b'{"torn": "\xff', b"[1"):
        path.write_bytes(broken)
        code, _, said = run(stage, copied / "run", "--redo")
        line = said.splitlines()[-1]
        assert code == 2 and name in line and f"orca2 {made_by} " in line and "Traceback" not in said


@pytest.mark.parametrize("text", ["", "null", "{}", "[]", '{"stages": {}', "\xff"])
def test_a_record_that_is_none_is_said(copied: Path, run: Run, text: str) -> None:
    (copied / "run" / "record.json").write_bytes(text.encode("latin-1"))
    for words in (["teach", copied / "run"], ["run", copied / "tiny.toml", "--run", copied / "run"]):
        code, _, said = run(*words)
        assert code == 2 and "record.json is n" in said and "start a new run folder" in said


def test_what_can_be_no_run_folder_is_refused(made: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    places: dict[Any, str] = {
        tmp_path / "file": "file is a file", tmp_path / "file" / "run": "file is a file",
        tmp_path / "link": "link is a link to nothing", tmp_path / "link" / "run": "link is a link to nothing",
    }  # fmt: skip
    for place, said in places.items():
        code, _, line = run("run", made / "tiny.toml", "--run", place, "--until", "tasks")
        assert code == 2 and said in line and line.count("\n") == 1
