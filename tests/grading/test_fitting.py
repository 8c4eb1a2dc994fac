"""Which grader is proposed where another one rejects all: the one that accepts most, a judge for prose, or none."""

import pytest

from orca2.core.types import Task
from orca2.grading.fitting import Fit, fitting

PROSE = "Melt the butter slowly, add the flour, stir until it is smooth and then pour in the milk bit by bit."


def answered(grader: str, *rows: tuple[str, str], question: str = "?") -> list[tuple[Task, str]]:
    return [(Task(str(n), "f", question, gold, grader, "train"), said) for n, (gold, said) in enumerate(rows)]


@pytest.mark.parametrize(
    ("grader", "rows", "fit"),
    [
        ("date", [("12", "The answer is 12."), ("7", "So it is 7.")], Fit("number", 2, 2)),
        ("number", [("Mira Holt", "It was Mira Holt."), ("Sam Dean", "The answer is Sam Dean.")], Fit("span", 2, 2)),
        ("exact", [("December 29, 2025", "It ends on 29 December 2025.")] * 3, Fit("date", 3, 3)),
        ("number", [("12", "The answer is 13."), ("7", "So it is 8.")], None),
        ("exact", [(PROSE, "Use butter, flour and milk, in that order.")], Fit("judge", 0, 1)),
        ("judge", [(PROSE, "Use butter, flour and milk, in that order.")], None),
        ("check", [("", "anything")], None),
    ],
)
def test_the_grader_that_accepts_most_is_proposed(grader: str, rows: list[tuple[str, str]], fit: Fit | None) -> None:
    assert fitting(answered(grader, *rows)) == fit
