"""The ablation whole on a tiny student: what all arms have the same of, what survives a kill, what is named."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from orca2 import recipe
from orca2.errors import RecipeError, RunError
from orca2.evidence import ablate, cell, workers
from orca2.evidence.folders import Ablation, Cell
from tests.conftest import Run

RECIPE = """
name = "tiny"
[tasks]
source = "synthetic"
options.families = ["lookup", "running_sum", "two_hop"]
held_out = ["two_hop"]
limits = { profile = 3, train = 16, test = 4 }
[student]
model = "TINY"
device = "cpu"
[teacher]
model = "solver"
options.wrong = 0.3
[explain]
eval_points = 0
tasks = 4
row_tokens = 256
[profile]
max_tokens = 8
choose = { lookup = "direct", running_sum = "step_by_step" }
[teach]
tasks_per_family = 10

[train]
row_tokens = 256
[evaluate]
max_tokens = 8
[ablate]
seeds = 2
batch = 2
arms = ["base", "instruction_tuning", "cautious", "cautious_unverified"]
"""


@pytest.fixture(scope="module")
def recipe_file(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


def load(path: Path) -> Any:
    return json.loads(path.read_text())


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def finished(recipe_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Killed in the midst of its cells, then run again."""
    folder = tmp_path_factory.mktemp("run") / "ablation"
    command = [sys.executable, "-m", "orca2", "ablate", str(recipe_file), "--run", str(folder)]
    killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list(folder.glob("seed-0/lessons/*/cell.json"))) < 2:
        assert killed.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("cell.json")}
    assert not (folder / "results.json").exists()
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert f"7 students, {len(before)} of them done before" in " ".join(again.stderr.split())
    assert all(path.stat().st_mtime_ns == then for path, then in before.items()), "what was done is not done again"
    return folder


@pytest.mark.slow
def test_all_arms_learn_as_much(finished: Path) -> None:
    tasks = {row["id"]: row for row in lines(finished / "seed-0" / "shared" / "tasks.jsonl")}
    for seed in (0, 1):
        counts: dict[str, Any] = {}
        prompts: dict[str, list[str]] = {}
        for place in sorted((finished / f"seed-{seed}" / "lessons").iterdir()):
            lessons = lines(place / "lessons.jsonl")
            prompts[place.name] = [row["task"] for row in lessons]
            families = [tasks[row["task"]]["family"] for row in lessons]
            counts[place.name] = {family: families.count(family) for family in set(families)}
            training = load(place / "cell.json")["training"]
            assert training["documents"] == len(lessons) and training["dropped"] == {}
            assert (
                training["steps"]
                == load(finished / f"seed-{seed}" / "plan.json")["matchings"]["lessons"][place.name]["steps"]
            )
        assert counts["cautious"] == counts["instruction_tuning"] == counts["cautious_unverified"]
        assert prompts["cautious"] == prompts["instruction_tuning"] != prompts["cautious_unverified"]
        assert all(tasks[task]["split"] == "train" for named in prompts.values() for task in named)


@pytest.mark.slow
def test_what_an_arm_learns_is_what_it_says(finished: Path) -> None:
    place = finished / "seed-0" / "lessons"
    tasks = {row["id"]: row for row in lines(finished / "seed-0" / "shared" / "tasks.jsonl")}
    said = {
        arm: lines(place / arm / "lessons.jsonl") for arm in ("cautious", "cautious_unverified", "instruction_tuning")
    }
    for arm in ("cautious", "instruction_tuning"):
        for row in said[arm]:
            task = tasks[row["task"]]
            assert row["messages"][-1]["content"].rstrip(".").endswith(task["target"]), "verified"
            short = arm == "instruction_tuning" or task["family"] == "lookup"
            assert ("So the answer is" in row["messages"][-1]["content"]) is not short
    wrong = [
        r
        for r in said["cautious_unverified"]
        if not r["messages"][-1]["content"].rstrip(".").endswith(tasks[r["task"]]["target"])
    ]
    assert wrong, "an unverified arm learns the teacher's errors too"


@pytest.mark.slow
def test_seeds_share_tasks_and_teacher_and_nothing_else(finished: Path) -> None:
    first, second = (finished / f"seed-{seed}" / "shared" for seed in (0, 1))
    assert (first / "tasks.jsonl").read_bytes() == (second / "tasks.jsonl").read_bytes()
    assert lines(first / "demonstrations.jsonl") == lines(second / "demonstrations.jsonl")
    assert (first / "explained" / "model.safetensors").read_bytes() != (
        second / "explained" / "model.safetensors"
    ).read_bytes()


@pytest.mark.slow
def test_held_out_families_are_only_tested(finished: Path) -> None:
    shared = finished / "seed-0" / "shared"
    tasks = {row["id"]: row for row in lines(shared / "tasks.jsonl")}
    assert {row["split"] for row in tasks.values() if row["family"] == "two_hop"} == {"test"}
    assert "two_hop" not in load(shared / "profile.json")["families"]
    answers = lines(finished / "seed-0" / "lessons" / "cautious" / "answers.jsonl")
    assert {(row["system"], row["family"]) for row in answers} == {
        (system, family) for system in ("none", "default", "hinted") for family in ("lookup", "running_sum", "two_hop")
    } - {("hinted", "two_hop")}
    rows = load(finished / "results.json")["matchings"]["lessons"]["rows"]
    assert {(row["part"], row["family"]) for row in rows} == {
        ("trained", "all"), ("trained", "lookup"), ("trained", "running_sum"),
        ("held_out", "all"), ("held_out", "two_hop"),
    }  # fmt: skip


@pytest.mark.slow
def test_students_go_and_the_page_stays(finished: Path) -> None:
    assert not list(finished.glob("seed-*/lessons/*/student")) and not list(finished.rglob("*.partial"))
    assert not list(finished.glob("seed-*/lessons/*/checkpoints"))
    assert "</html>" in (finished / "ablation.html").read_text() and (finished / "ablation.md").is_file()
    claims = load(finished / "results.json")["matchings"]["lessons"]["claims"]
    assert {claim["claim"]: claim["verdict"] for claim in claims}["choosing_random"] == "untested"


@pytest.mark.slow
def test_a_failing_arm_is_named_the_others_go_on_and_it_is_what_is_owed_then(
    finished: Path, recipe_file: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cell.work

    def work(ablation: Ablation, student: Cell) -> None:
        if student.arm == "instruction_tuning":
            raise MemoryError("no room")
        real(ablation, student)

    command = ("ablate", recipe_file, "evaluate.max_tokens=6", "--run", finished, "--jobs", "1")
    with monkeypatch.context() as patch:
        patch.setattr(cell, "work", work)
        code, _, said = run(*command)
    told = " ".join(said.split())
    assert code == 2 and "7 students, 0 of them done before" in told and "2 of 7 students failed" in told
    assert "instruction_tuning, seed 1, equal lessons: MemoryError: no room" in told
    code, _, said = run(*command)
    assert code == 0 and "7 students, 5 of them done before" in " ".join(said.split())
    code, _, said = run(*command, "explain.epochs=2")
    assert code == 2 and "was made with other values of explain.epochs" in said


def _dies(item: int) -> None:
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 3:
        raise RunError("three is wrong")


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_nobody_with_it() -> None:
    failed = workers.share(_dies, [1, 2, 3, 4, 5], jobs=2)
    assert failed.keys() == {2, 3} and failed[3] == "three is wrong" and "was killed" in failed[2]


@pytest.mark.slow
def test_each_worker_gets_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    monkeypatch.chdir(tmp_path)
    assert workers.share(_note_gpu, list(range(4)), jobs=2) == {}
    assert {path.name for path in tmp_path.iterdir()} == {"4", "7"}


def _note_gpu(item: int) -> None:
    Path(os.environ["CUDA_VISIBLE_DEVICES"]).touch()
    time.sleep(0.3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ablate.arms=['bse']"], "ablate: arms: no 'bse'; built in: base, "),
        (["ablate.arms=['base']"], "none but the base"),
        (["ablate.more.mine={strategy='x', prompt='gone'}"], "prompt: input should be 'kept' or 'erased'"),
        (["ablate.more.cautious={}"], "'cautious' is the name of a built-in arm"),
        (["explain.tasks=0"], "set one of the two"),
        (["erase.few_shot=0.5"], "zero-shot lessons"),
        (["teach.samples=3", "teacher.temperature=0.7"], "teach.samples: the arms of an ablation"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(words: list[str], said: str, recipe_file: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        ablate.ablate(recipe_file, words, tmp_path / "run", 1, False)
    assert said in str(error.value).lower() or said in str(error.value)


def test_an_arm_of_an_unknown_strategy_is_said_before_anything_is_asked(recipe_file: Path, tmp_path: Path) -> None:
    ablation = Ablation(tmp_path, recipe.load(recipe_file, ["ablate.more.mine={strategy='step_by_stp'}"]), tmp_path)
    with pytest.raises(
        RecipeError, match=r"arm 'mine' needs the strategy 'step_by_stp' \(did you mean 'step_by_step'\?\)"
    ):
        ablation.check()
