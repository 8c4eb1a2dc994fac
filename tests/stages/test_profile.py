"""The stage profile on a made teacher: racing, budgets that go on, choices by hand, and what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2 import pipeline
from orca2.core.racing import Rules
from orca2.run.models import load_teacher
from orca2.run.trials import profile_pools
from orca2.stages import profile
from tests.conftest import Run

TEACHER = '''
import zlib
from pathlib import Path
from orca2.core.types import Completion

RATES = {"direct": DIRECT, "step_by_step": STEPS}

class Planted:
    """Right as often as planted; says whom it was asked, one line a call."""
    name, keep = "planted", True

    async def generate(self, requests):
        for index, request in enumerate(requests):
            with open(Path(__file__).with_name("calls.txt"), "a") as calls:
                calls.write(f"{request.task.id} {request.strategy}\\n")
            chance = zlib.crc32(f"{request.task.id}/{request.strategy}".encode()) / 2**32
            right = chance < RATES[request.strategy].get(request.task.family, 0.5)
            text = f"The answer is {request.task.target if right else 'nothing'}."
            yield index, Completion(text, "stop", 10, 4 if request.strategy == "direct" else 20)

def load():
    return Planted()
'''
RECIPE = """
name = "planted"
[tasks]
source = "jsonl"
options.path = "tasks.jsonl"
options.fields = { prompt = "prompt", target = "target", family = "family" }
splits = { profile = [0.0, 0.9], train = [0.9, 0.95], test = [0.95, 1.0] }
limits = { profile = 60, train = 5, test = 5 }
[student]
model = "TINY"
[teacher]
model = "./teacher.py"
[explain]
tasks = 0
[profile]
subject = "teacher"
"""
DIRECT = {"easy": 0.9, "hard": 0.1, "hopeless": 0.0}
STEPS = {"easy": 0.9, "hard": 0.95, "hopeless": 0.0}


@pytest.fixture
def recipe(tmp_path: Path, tiny: Path) -> Path:
    rows = [
        {"prompt": f"{family} question {i}?", "target": f"thing{i}", "family": family}
        for family in DIRECT
        for i in range(80)
    ]
    (tmp_path / "tasks.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "teacher.py").write_text(TEACHER.replace("DIRECT", str(DIRECT)).replace("STEPS", str(STEPS)))
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


def profiled(run: Run, recipe: Path, *overrides: str) -> tuple[int, str]:
    words = ("run", recipe, "--run", recipe.parent / "run", "--until", "profile", "--redo")
    code, _, said = run(*words, *overrides)
    return code, said


def found(recipe: Path) -> dict[str, Any]:
    families: dict[str, Any] = json.loads((recipe.parent / "run" / "profile.json").read_text())["families"]
    return families


def calls(recipe: Path) -> list[str]:
    return (recipe.parent / "calls.txt").read_text().splitlines()


def test_losers_are_dropped_early_and_failing_families_go_to_the_teacher(run: Run, recipe: Path) -> None:
    code, said = profiled(run, recipe)
    assert code == 0, said
    families = found(recipe)
    assert {family: choice["chosen"] for family, choice in families.items()} == {
        "easy": "direct", "hard": "step_by_step", "hopeless": "direct",
    }  # fmt: skip
    assert families["hard"]["status"] == "decided" and families["hopeless"]["status"] == "failed"
    assert families["hard"]["strategies"]["direct"]["trials"] < 60
    assert "the teacher does best there: direct 0 of 8, step_by_step 0 of 8" in families["hopeless"]["why"]
    assert "of the 360 trials" in " ".join(said.split())


def test_a_larger_budget_goes_on_and_asks_nothing_twice(run: Run, recipe: Path) -> None:
    easy = 'tasks.families=["easy"]'
    code, said = profiled(run, recipe, easy, "profile.budget=100")
    assert code == 2 and "profile.budget = 100:" in said and "no family is decided; raise it" in said
    first = calls(recipe)
    code, said = profiled(run, recipe, easy, "profile.budget=100000")
    assert code == 0, said
    assert len(calls(recipe)) > len(first) and len(set(calls(recipe))) == len(calls(recipe))


def test_a_choice_by_hand_is_not_tried(run: Run, recipe: Path) -> None:
    assert profiled(run, recipe, 'profile.choose={hard="direct"}')[0] == 0
    assert found(recipe)["hard"] == {
        "chosen": "direct", "why": "set in the recipe: profile.choose", "strategies": {}, "status": "set",
    }  # fmt: skip
    trials = (recipe.parent / "run" / "trials.jsonl").read_text().splitlines()
    assert {json.loads(trial)["family"] for trial in trials} == {"easy", "hopeless"}
    folder, asked = pipeline.reopen(recipe.parent / "run"), calls(recipe)
    pools = {"hard": profile_pools(folder)["hard"]}
    again = profile.choose_strategies(folder, load_teacher(folder), pools, Rules())
    assert again["hard"].status == "set" and calls(recipe) == asked, "a round of improve does not try it either"


@pytest.mark.parametrize(
    ("choose", "complaint"),
    [
        ('{hrad="direct"}', "profile.choose: no family 'hrad' (did you mean 'hard'?); valid: easy, hard, hopeless"),
        ('{hard="step"}', "profile.choose: no strategy 'step'"),
    ],
)
def test_a_choice_by_hand_of_nothing_known_is_refused(run: Run, recipe: Path, choose: str, complaint: str) -> None:
    code, said = profiled(run, recipe, f"profile.choose={choose}")
    assert code == 2 and complaint in said


def test_no_profile_task_is_refused(run: Run, recipe: Path) -> None:
    code, said = profiled(run, recipe, "tasks.splits={profile=[0.0,0.0000001],train=[0.1,0.5],test=[0.5,1.0]}")
    assert code == 2 and "profile" in said and "widen" in said


def test_where_every_trial_fails_the_first_error_is_said(run: Run, recipe: Path) -> None:
    teacher = recipe.parent / "teacher.py"
    teacher.write_text(teacher.read_text().replace('Completion(text, "stop", 10,', 'Completion("", "error", 10,')
                       .replace("else 20)", 'else 20, error="no such model")'))  # fmt: skip
    code, said = profiled(run, recipe)
    assert code == 2 and "trials failed, the first with: no such model" in said
