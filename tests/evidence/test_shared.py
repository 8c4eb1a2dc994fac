"""What the arms of a seed learn: which learn the very same, and how it is told."""

from orca2.core.types import Lesson, Message
from orca2.evidence.shared import Share, _arm_plan, _said, _same_as


def lesson(task: str, text: str) -> Lesson:
    return Lesson(task, (Message("user", task), Message("assistant", text)))


LESSONS = {
    "first": {"a": lesson("a", "x"), "b": lesson("b", "y")},
    "same": {"a": lesson("a", "x"), "b": lesson("b", "y")},
    "other": {"a": lesson("a", "x"), "b": lesson("b", "z")},
}
SHARES = {name: Share(["a", "b"], 9, 2) for name in LESSONS}


def test_an_arm_of_the_very_same_lessons_is_the_one_before() -> None:
    assert [_same_as(name, SHARES, LESSONS) for name in LESSONS] == ["", "first", ""]


def test_a_plan_counts_strategies_and_is_told_in_a_line() -> None:
    plans = {name: _arm_plan(name, SHARES, LESSONS, {"a": "direct", "b": "direct"}) for name in LESSONS}
    assert plans["first"].strategies == {"direct": 2} and plans["first"].supervised_tokens == 9
    assert _said(plans) == "first 2 lessons, same 2 lessons (those of first), other 2 lessons"
