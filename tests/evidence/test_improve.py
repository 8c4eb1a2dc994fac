"""The closed loop on a student from whose lessons a family was left out: it gains, and the other does not lose."""

import json
import shutil
from pathlib import Path

import pytest

from orca2 import pipeline, recipe
from orca2.core.counts import DemonstrationCounts
from orca2.evidence.improve import describe
from orca2.evidence.types import RoundRecord
from orca2.files import read_nouns
from tests.conftest import Run

RECIPE = """
name = "planted"
strategies = ["direct"]
[tasks]
source = "jsonl"
options.path = "tasks.jsonl"
options.fields = { prompt = "prompt", target = "target", family = "family" }
grader = "exact"
splits = { profile = [0.0, 0.3], train = [0.3, 0.8], test = [0.8, 1.0] }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "recorded"
options.columns = { direct = "target" }
[explain]
tasks = 0
[profile]
max_tokens = 4
[teach]
tasks_per_family = 24

[train]
epochs = 20
learning_rate = 1e-2
row_tokens = 128
[evaluate]
max_tokens = 4
"""
SAYS = {"colour": "blue", "shape": "round"}


@pytest.fixture(scope="module")
def planted(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder, trained without one lesson of the family `shape`."""
    base = tmp_path_factory.mktemp("planted")
    rows = [
        {"prompt": f"{family} {family} {family} {n}", "target": target, "family": family}
        for family, target in SAYS.items() for n in range(120)
    ]  # fmt: skip
    (base / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    file = base / "planted.toml"
    file.write_text(RECIPE.replace("TINY", str(tiny)))
    folder = pipeline.open_run(base / "run", recipe.load(file), base, redo=False)
    pipeline.run(folder, pipeline.STAGES[:7])
    lessons = base / "run" / "lessons.jsonl"
    lessons.write_text("".join(line + "\n" for line in lessons.read_text().splitlines() if "round" not in line))
    pipeline.run(folder, pipeline.STAGES[:9])
    return base / "run"


def ledger(folder: Path) -> list[RoundRecord]:
    return read_nouns(folder / "improve" / "rounds.jsonl", RoundRecord, "")


def made(student: Path) -> str:
    return str(json.loads((student / "orca2.json").read_text())["key"])


@pytest.mark.slow
def test_a_planted_weak_family_gains_and_the_other_does_not_lose(planted: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(planted, folder)
    first = made(folder / "student")
    code, _, said = run("improve", folder, "--rounds", "3")
    assert code == 0, said
    row = ledger(folder)[0]
    student = row.student
    assert student and student.kept and list(row.strategies) == ["shape"] and student.judged["weak"].low > 0
    before, after = student.test.before, student.test.after
    assert before["shape"].correct == 0 < after["shape"].correct
    assert after["colour"].correct >= before["colour"].correct > 0
    assert after["all"].items == student.test.gain["all"].items == after["shape"].items + after["colour"].items
    assert row.tokens > 0 and row.lessons == row.demonstrations.accepted == student.rehearsed == 24
    best = max(r.round for r in ledger(folder) if r.kept)
    assert made(folder / "student") == made(folder / "improve" / f"round-{best}" / "student") != first
    assert made(folder / "improve" / "round-0" / "student") == first, "the run's own student can be had back"
    tasks = {task["id"]: task["split"] for task in map(json.loads, (folder / "tasks.jsonl").read_text().splitlines())}
    assert {tasks[task] for r in ledger(folder) for task in r.asked} == {"train"}
    rounds = len(ledger(folder))
    code, _, said = run("improve", folder, "--rounds", str(rounds))
    assert code == 0 and len(ledger(folder)) == rounds, "what is done is not done again"
    (folder / "student" / "orca2.json").write_text(json.dumps({"key": "another"}))
    code, _, said = run("improve", folder)
    assert code == 2 and "was trained anew since" in said


@pytest.mark.slow
def test_a_round_that_gains_nothing_ends_the_loop_and_changes_nothing(planted: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(planted, folder)
    first = (folder / "student" / "model.safetensors").read_bytes()
    code, _, said = run("improve", folder, "train.learning_rate=1e-9", "teach.tasks_per_family=5")
    assert code == 0 and "it gained nothing beyond its interval" in said
    (row,) = ledger(folder)
    assert len(row.asked) == 5
    assert row.student and not row.kept and not (folder / "improve" / "round-1").exists()
    assert (folder / "student" / "model.safetensors").read_bytes() == first
    assert json.loads((folder / "record.json").read_text())["recipe"]["train"]["learning_rate"] == 1e-2
    code, _, said = run("improve", folder)
    assert code == 0 and "as it was: no round gained" in said and len(ledger(folder)) == 1, "it stays ended"


@pytest.mark.slow
def test_what_cannot_be_is_one_line(planted: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(planted, folder)
    code, _, said = run("improve", folder, "--budget", "3")
    assert (
        code == 0
        and "buy no demonstration for each of shape" in said
        and not (folder / "improve" / "rounds.jsonl").exists()
    )
    code, _, said = run("improve", folder, "seed=3")
    assert code == 2 and "seed: a round can be given other keys of [train], and teach.tasks_per_family" in said
    (folder / "improve" / "rounds.jsonl").write_text('{"round": 1}\n')
    code, _, said = run("improve", folder)
    assert code == 2 and f"rounds.jsonl:1: started_from: Field required; move {folder / 'improve'} away" in said
    code, _, said = run("improve", tmp_path / "nowhere")
    assert code == 2 and "is not a run folder" in said


def test_a_round_without_lessons_has_no_student_and_says_so() -> None:
    record = RoundRecord(
        round=2,
        started_from="improve/round-1/student",
        strategies={"shape": "direct"},
        asked=["a"],
        demonstrations=DemonstrationCounts(asked=1, accepted=0, rejected={"wrong": 1}),
        tokens=9,
        lessons=0,
    )
    assert not record.kept and describe(record) == "round 2: shape; no demonstration was right"
