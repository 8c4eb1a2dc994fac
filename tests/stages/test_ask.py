"""Strategies of a family and calls of a strategy, from the recipe to the demonstrations; nothing is trained."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

RECIPE = """
name = "asks"
strategies = ["direct", "step_by_step"]
[tasks]
source = "synthetic"
options.families = ["lookup", "story_order"]
limits = { profile = 4, train = 12, test = 1 }
[family_strategies]
story_order = ["story_ordering", "guess_and_check"]
[student]
model = "TINY"
[teacher]
model = "solver"
[explain]
tasks = 0
[profile]
subject = "teacher"
[teach]
tasks_per_family = 12

"""


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def recipe(tiny: Path, tmp_path: Path) -> Path:
    path = tmp_path / "asks.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


@pytest.mark.slow
def test_a_family_has_its_own_strategies(recipe: Path, run: Run, tmp_path: Path) -> None:
    code, *said = run("run", recipe, "--run", tmp_path / "run", "--until", "erase")
    assert code == 0, said
    profile = json.loads((tmp_path / "run/profile.json").read_text())["families"]
    tried = {family: set(choice["strategies"]) for family, choice in profile.items()}
    own = {"story_ordering", "guess_and_check"}
    assert tried == {"lookup": {"direct", "step_by_step"}, "story_order": own}
    taught = {row["strategy"] for row in lines(tmp_path / "run/demonstrations.jsonl") if row["family"] == "story_order"}
    assert len(taught) == 1 and taught <= own
    erased = json.loads((tmp_path / "run/erase.json").read_text())
    assert erased == {"lessons": 24, "leaked": 0, "few_shot": 0, "too_few": {}}
    code, _, said = run("run", recipe, "--run", tmp_path / "run", "family_strategies.story_order=['direct']")
    assert code == 2 and "family_strategies.story_order" in said and "redo it from explain" in said


def test_only_the_last_of_several_calls_is_a_lesson_and_all_are_counted(recipe: Path, run: Run, tmp_path: Path) -> None:
    words = ("strategies=['guess_and_check']", "family_strategies={}", "--until", "erase")
    assert run("run", recipe, "--run", tmp_path / "run", *words)[0] == 0
    shown = lines(tmp_path / "run/demonstrations.jsonl")
    assert len(shown) == 24
    for row in shown:
        assert [earlier["call"] for earlier in row["earlier"]] == ["answer", "check"]
        assert [message["role"] for message in row["messages"]] == ["system", "user"]
    record = json.loads((tmp_path / "run/record.json").read_text())["stages"]["teach"]
    calls = [c for row in shown for c in (*(e["completion"] for e in row["earlier"]), row["completion"])]
    assert record["tokens_out"] == sum(call["tokens_out"] for call in calls) and len(calls) == 72
    for lesson in lines(tmp_path / "run/lessons.jsonl"):
        assert [message["role"] for message in lesson["messages"]] == ["system", "user", "assistant"]


def test_what_is_recorded_answers_no_second_call(recipe: Path, run: Run, tmp_path: Path) -> None:
    recorded = "teacher={model='recorded',options={columns={guess_and_check='steps'}}}"
    words = ("strategies=['guess_and_check']", "family_strategies={}", "profile.subject=student", recorded)
    code, _, said = run("run", recipe, "--run", tmp_path / "run", *words, "explain.tasks=2")
    assert code == 2 and "call 2 of 3 (check): recorded answers hold one call" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("family_strategies={lokup=['direct']}", "no family 'lokup' (did you mean 'lookup'?); families: lookup, "),
        ("family_strategies={lookup=['dirct']}", "did you mean 'direct'"),
        ("family_strategies={lookup=['direct', 'direct']}", "or name it once"),
        ("family_strategies={lookup=['./direct.py']}", "another strategy is called 'direct' already"),
        ("family_strategies={lookup=['./none.py']}", "none.py does not exist"),
        ("strategies=['direct', './plain.py']", "plain.py: STRATEGY is a str, not a Strategy"),
        ("strategies=['./broken.py']", "broken.py fails to import"),
    ],
)
def test_strategies_that_do_not_fit(recipe: Path, run: Run, tmp_path: Path, word: str, said: str) -> None:
    head = "from orca2.core.types import Strategy\n"
    (tmp_path / "direct.py").write_text(f"{head}STRATEGY = Strategy('direct', '', ('Answer.',))")
    (tmp_path / "plain.py").write_text("STRATEGY = 'think'")
    (tmp_path / "broken.py").write_text("STRATEGY = (")
    code, _, error = run("run", recipe, "--run", tmp_path / "run", word)
    assert code == 2 and said in error.splitlines()[-1] and error.splitlines()[-1].startswith("orca2: ")


def test_an_instruction_that_says_a_target_is_refused(recipe: Path, run: Run, tmp_path: Path) -> None:
    assert run("run", recipe, "--run", tmp_path / "run", "--until", "tasks")[0] == 0
    task = next(row for row in lines(tmp_path / "run/tasks.jsonl") if row["split"] == "profile")
    (tmp_path / "told.py").write_text(
        "from orca2.core.types import Strategy\n"
        f"STRATEGY = Strategy('told', '', ('Think it over. {task['target'].upper()}!',))"
    )
    code, _, error = run(
        "run", recipe, "--run", tmp_path / "run", "strategies=['./told.py']", "family_strategies={}", "--redo"
    )
    assert code == 2 and f"told says {task['target']!r}, which is the target of a task of 'lookup'" in error
