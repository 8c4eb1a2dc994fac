"""Verified sampling from the recipe to verified.jsonl, of a teacher that is asked over real HTTP."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.doubling import write_recipe, write_rows
from tests.server import completion, serve


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


class Teacher:
    """Right at the third sample of the chosen strategy, at the second of the other; a task whose number ends in 0 never
    is. While the profile is taken, it is right at once, more often under step_by_step."""

    def __init__(self) -> None:
        self.teaching = False
        self.asked: Counter[str] = Counter()

    def __call__(self, messages: list[dict[str, str]]) -> Any:
        system, number = messages[0]["content"], int(messages[1]["content"].split()[1])
        steps = "step" in system.lower()
        if not self.teaching:
            return f"The answer is {2 * number if steps or number % 3 == 0 else 0}."
        times = self.asked[f"{steps} {number}"] = self.asked[f"{steps} {number}"] + 1
        if number % 10 == 0:
            return completion(f"The answer is {2 * number}.", "length") if times == 1 else "I do not know."
        if number % 10 == 1:
            return "No idea." if steps or times < 2 else f"Twice {number}. The answer is {2 * number}."
        return f"So often: {times}. The answer is {2 * number if times == 3 else 1}."


@pytest.fixture
def teacher(tiny: Path, tmp_path: Path) -> Iterator[tuple[Teacher, Path]]:
    write_rows(tmp_path)
    answers = Teacher()
    with serve(answers) as (url, _):
        write_recipe(tmp_path, tiny, url, teach={"tasks_per_family": 6})
        yield answers, tmp_path


def test_a_task_is_asked_until_it_is_verified_and_then_otherwise_and_then_set_aside(
    teacher: tuple[Teacher, Path], run: Run
) -> None:
    answers, folder = teacher
    words = (folder / "recipe.toml", "--run", folder / "run", "teach.tasks_per_family=30", "tasks.limits.train=30")
    code, _, said = run("run", *words, "--until", "profile")
    assert code == 0, said
    assert json.loads((folder / "run/profile.json").read_text())["families"]["doubles"]["chosen"] == "step_by_step"
    answers.teaching = True
    code, _, said = run("run", *words, "--until", "verify")
    assert code == 0, said
    progress = next(line for line in said.splitlines() if line.startswith("  teach: teacher: "))
    tasks = {row["id"]: int(row["target"]) // 2 for row in lines(folder / "run/tasks.jsonl")}
    shown, verified = lines(folder / "run/demonstrations.jsonl"), lines(folder / "run/verified.jsonl")
    tried: dict[int, list[tuple[str, int]]] = {}
    for row in shown:
        tried.setdefault(tasks[row["task"]], []).append((row["strategy"], row["sample"]))
    steps, direct = ([(name, n) for n in range(3)] for name in ("step_by_step", "direct"))
    assert {number % 10 for number in tried} >= {0, 1, 2}
    for number, made in tried.items():
        assert made == {0: steps + direct, 1: steps + direct[:2]}.get(number % 10, steps), number
    assert Counter(tasks[row["task"]] for row in verified) == {number: 1 for number in tried if number % 10}
    aside = lines(folder / "run/set_aside.jsonl")
    assert {tasks[row["task"]] for row in aside} == {number for number in tried if number % 10 == 0}
    assert all(row["tried"][0]["verdict"]["outcome"] == "truncated" and "2 truncated" in row["why"] for row in aside)
    counts = json.loads((folder / "run/verify.json").read_text())
    assert counts["asked"] == counts["accepted"] + sum(counts["rejected"].values()) == len(shown)
    assert (counts["tasks"], counts["set_aside"]) == (len(tried), len(aside))
    record = json.loads((folder / "run/record.json").read_text())
    assert record["asked"]["teach"]["verified"] == len(verified)
    assert f"{len(tried)}/{len(tried)} rows" in progress and "tok/s" in progress and progress.endswith(" left")
    assert f", {len(shown)} answered, {len(verified)} verified, 0 in flight" in progress
    before = answers.asked.total()
    assert run("verify", folder / "run", "--redo")[0] == 0 and answers.asked.total() == before
    assert run("teach", folder / "run", "--redo")[0] == 0 and answers.asked.total() == before
    assert lines(folder / "run/demonstrations.jsonl") == shown


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("teacher.temperature=0.0", "teach.samples = 3 with teacher.temperature = 0 asks again for the same answer"),
        ("teach.min_correct=7", "min_correct = 7, but at most 6 answers are asked for; raise samples"),
    ],
)
def test_what_cannot_be_sampled_is_refused(teacher: tuple[Teacher, Path], run: Run, word: str, why: str) -> None:
    code, _, said = run("run", teacher[1] / "recipe.toml", "--run", teacher[1] / "run", word)
    assert code == 2 and why in said and len(said.splitlines()) == 1
