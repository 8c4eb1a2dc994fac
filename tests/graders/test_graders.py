"""The grader of a task: by name, from a user's file, with options that gold answers show, and never raising."""

from pathlib import Path

import pytest

from orca2.core.types import Task
from orca2.errors import RecipeError
from orca2.graders import grade, load_grader, options_for, reads_with, rejected_gold

ALONE = """
from orca2.core.types import Verdict

def grade(target, response, question):
    if response == "raise":
        raise ValueError("so")
    return Verdict("correct" if response == target else "wrong", response, "compared")
"""


def task(grader: str, target: str = "7", prompt: str = "How many?") -> Task:
    return Task("t", "f", prompt, target, grader, "test")


@pytest.fixture
def mine(tmp_path: Path) -> str:
    (tmp_path / "mine.py").write_text(ALONE)
    return str(tmp_path / "mine.py")


def test_a_function_of_a_users_file_is_a_grader(mine: str) -> None:
    assert grade(task(mine), "7").correct and grade(task(mine), "8").outcome == "wrong"
    assert load_grader(mine, {}).reads("anything")


def test_a_grader_that_raises_fails_one_row(mine: str) -> None:
    verdict = grade(task(mine), "raise")
    assert verdict.outcome == "failed" and "raises ValueError: so" in verdict.why


def test_what_is_no_grader_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("")
    with pytest.raises(RecipeError, match="neither load"):
        load_grader(str(tmp_path / "empty.py"), {})
    with pytest.raises(RecipeError, match=r"tasks\.grader: number"):
        load_grader("number", {"no_such_option": 1}, where="tasks.grader")


def test_gold_answers_show_labels_and_the_decimal_mark() -> None:
    assert options_for("label", {}, ["billing", "refund", "shipping"] * 5)["labels"] == [
        "billing",
        "refund",
        "shipping",
    ]
    assert options_for("number", {}, ["1,5", "2,75", "3"] * 20) == {"decimal": ","}
    assert options_for("number", {"decimal": "."}, ["1,5", "2,75"] * 20) == {"decimal": "."}


def test_who_reads_a_task_of_auto() -> None:
    assert reads_with(task("auto")) == "number" and reads_with(task("exact")) == "exact"


def test_a_gold_answer_that_its_own_grader_rejects_is_told() -> None:
    assert rejected_gold(task("number")) is None
    assert "'seventh of May'" in str(rejected_gold(task("choice", "seventh of May")))
