"""The ablation whole on a tiny student: what all arms have the same of, what survives a kill, what is named."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from orca2.evidence import cell
from orca2.evidence.folders import Ablation, Cell
from tests.conftest import Run


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
