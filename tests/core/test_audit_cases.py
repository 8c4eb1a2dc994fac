"""Planted answers have the verdict that their name says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.audit_cases import audit_cases
from orca2.core.types import Completion, Task
from orca2.graders import auto

TASK = Task("t", "sums", "What is 3 + 4?", "7", "auto", "train")


@given(st.integers(), st.sets(st.integers(0, 99).map(str), min_size=1, max_size=5))
def test_only_right_ones_are_right(seed: int, others: set[str]) -> None:
    others -= {"7"}
    response = "First 3, then 4 more makes 7. So the answer is 7."
    for planted in audit_cases(TASK, response, sorted(others), seed):
        if planted.completion.finish_reason == "stop":
            verdict = auto.load().grade("7", planted.completion.text, TASK.prompt)
            assert verdict.correct == (planted.kind == "right"), planted


def test_a_wrong_one_keeps_the_reasoning_and_a_cut_one_ends_before_the_answer() -> None:
    planted = {p.kind: p.completion for p in audit_cases(TASK, "We add. So the answer is 7.", ["8"], 0)}
    assert planted["wrong"].text == "We add. So the answer is 8."
    assert planted["truncated"] == Completion("We add. So the answer is", "length")
    assert planted["unfinished"] == Completion("We add. So the answer is", "stop")


@pytest.mark.parametrize(("response", "others"), [("7", ["8"]), ("We add. It is 7.", [])])
def test_what_cannot_be_planted_is_left_out(response: str, others: list[str]) -> None:
    kinds = {p.kind for p in audit_cases(TASK, response, others, 0)}
    assert "right" in kinds
    assert ("wrong" in kinds) == bool(others) and ("truncated" in kinds) == (response != "7")


def test_the_seed_decides() -> None:
    first, second = (list(audit_cases(TASK, "7", ["1", "2", "3"], 5)) for _ in range(2))
    assert first == second
