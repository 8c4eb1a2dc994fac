"""What a page quotes is drawn by a hash, one of each family in turn, one better and one worse among them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orca2.core.types import Outcome
from orca2.reporting.report._artifacts import read
from orca2.reporting.report._examples import QUOTED, change, demonstration, side_by_side
from tests.answers import made


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("correct", "correct", "right before and after"), ("wrong", "truncated", "not right before or after"),
     ("wrong", "correct", "improved"), ("correct", "wrong", "worsened")],
)  # fmt: skip
def test_what_became_of_a_prompt(before: Outcome, after: Outcome, said: str) -> None:
    assert change({"base": made("t", before), "cautious": made("t", after)}) == said


def test_quotes_are_the_same_each_time(make_run: Callable[..., Path]) -> None:
    found = read(make_run(["sums", "words", "dates"]))
    quoted = side_by_side(found)
    assert quoted == side_by_side(found) and len(quoted) == QUOTED
    assert {row.family for row in quoted} == {"sums", "words", "dates"}
    assert {"improved", "worsened"} <= {row.change for row in quoted}
    shown = demonstration(found)
    assert shown is not None and shown.before[0].role == "system" and shown.before != shown.after


def test_without_lessons_nothing_is_shown(make_run: Callable[..., Path]) -> None:
    folder = make_run(["sums"])
    (folder / "lessons.jsonl").write_text("")
    assert demonstration(read(folder)) is None
