"""Where tasks come from: splits that share nothing, graders of families, and golds that no row gives."""

from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from orca2.core.splitting import SPLITS
from orca2.sections import ModelAsked
from orca2.tasks_section import Agreed, Criterion, Splits, Tasks


def test_splits_cover_the_hash_without_sharing_any() -> None:
    ranges = sorted(Splits().ranges().values())
    assert ranges[0][0] == 0 and ranges[-1][1] == 1
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert set(Splits().ranges()) == set(SPLITS)


@pytest.mark.parametrize(
    ("splits", "why"),
    [
        ({"profile": [0.2, 0.1]}, "two rising numbers"),
        ({"test": [0.8]}, "two rising numbers"),
        ({"test": [0.8, 1.5]}, "two rising numbers"),
        ({"profile": [0.0, 0.3]}, "overlaps"),
        ({"dev": [0.0, 0.1]}, "Extra inputs"),
    ],
)
def test_splits_that_cannot_be(splits: dict[str, list[float]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Splits.model_validate(splits)


def test_a_family_has_its_own_grader_or_that_of_all() -> None:
    graders: dict[str, Any] = {"open": "judge", "sums": {"name": "number", "decimal": ","}}
    tasks = Tasks(source="jsonl", grader="number", graders=graders)
    assert tasks.grader_of("anything") == ("number", {})
    assert tasks.grader_of("sums") == ("number", {"decimal": ","}) and tasks.grader_of("open") == ("judge", {})
    assert tasks.judged and not Tasks(source="jsonl").judged


@pytest.mark.parametrize(
    ("check", "run"),
    [
        ("./check.py", {"run": "./check.py"}),
        ("node check.js --strict", {"run": ["node", "check.js", "--strict"]}),
        ("'my checks/one' -v", {"run": ["my checks/one", "-v"]}),
        (["python", "check.py"], {"run": ["python", "check.py"]}),
        ({"run": "python check.py", "timeout": 3.0}, {"run": ["python", "check.py"], "timeout": 3.0}),
    ],
)
def test_a_check_is_a_file_or_a_command(check: Any, run: dict[str, Any]) -> None:
    tasks = Tasks(source="jsonl", check="./other.py", checks={"code": check})
    assert tasks.check_of("code") == run and tasks.check_of("sums") == {"run": "./other.py"}
    assert Tasks.model_validate(tasks.model_dump()) == tasks and not Tasks(source="jsonl").check_of("code")


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ({"timeout": 3.0}, "a table of a check needs what it runs"),
        ({"run": "a", "seconds": 3}, "a check has no 'seconds'; it has run and timeout"),
        ("it's", "is no command"),
        ([], "is neither a .py file nor a command"),
    ],
)
def test_what_is_no_check(check: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Tasks(source="jsonl", check=check)


def test_a_family_has_its_own_gold_and_rubric_or_those_of_all() -> None:
    criteria = [Criterion(criterion="It is short."), Criterion(criterion="It is kind.", weight=2.0)]
    tasks = Tasks(
        source="jsonl", gold="judged", golds={"sums": "agreed"}, rubric="Be fair.", rubrics={"notes": criteria}
    )
    assert (tasks.gold_of("sums"), tasks.gold_of("notes")) == ("agreed", "judged")
    assert tasks.may_be("agreed") and tasks.may_be("judged") and not tasks.may_be("checked") and tasks.judged
    assert tasks.rubric_of("letters") == "Be fair."
    assert tasks.rubric_of("notes") == [
        {"criterion": "It is short.", "weight": 1.0},
        {"criterion": "It is kind.", "weight": 2.0},
    ]


def test_one_answer_of_one_teacher_is_no_agreement() -> None:
    with pytest.raises(ValidationError, match="samples = 1 of one teacher agrees with itself"):
        Agreed(samples=1)
    assert Agreed(samples=1, teachers={"big": ModelAsked(model="openai")}).samples == 1
