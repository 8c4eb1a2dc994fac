"""Open answers at a judge: what it is asked of, what cut answers count as, and a judge that fails."""

from pathlib import Path
from typing import Any

import pytest

from orca2.core.types import Completion, Task
from orca2.errors import RecipeError
from orca2.grading.judging import judge_all, load_judge_client, named

TASK = Task("t", "f", "Which colour?", "blue", "judge", "test")
WHOLE = Completion("It is blue.", "stop")


def spec(reply: str, mode: str = "score") -> dict[str, Any]:
    options = {"default": reply}
    return {"model": "scripted", "options": options, "mode": mode, "passing": 7, "max_tokens": 64}


def outcome(reply: str, completion: Completion = WHOLE, mode: str = "score") -> str:
    judge = load_judge_client(Path(), spec(reply, mode))
    return judge_all({0: (TASK, completion)}, judge)[0].outcome


@pytest.mark.parametrize(
    ("reply", "mode", "verdict"),
    [("Score: 8", "score", "correct"), ("Score: 2", "score", "wrong"), ("!busy", "score", "failed"),
     ("Verdict: tie", "pairwise", "correct"), ("Verdict: A", "pairwise", "ambiguous"), ("!busy", "pairwise", "failed")],
)  # fmt: skip
def test_what_the_judge_says_is_the_verdict(reply: str, mode: str, verdict: str) -> None:
    assert outcome(reply, mode=mode) == verdict


def test_a_cut_answer_may_be_right_and_is_never_wrong() -> None:
    cut = Completion("It is blue. And so", "length")
    assert outcome("Score: 8", cut) == "correct"
    assert outcome("Score: 2", Completion("It is green. And so", "length")) == "truncated"


def test_an_answer_that_breaks_off_in_thoughts_is_not_judged() -> None:
    assert outcome("Score: 8", Completion("<think>It may be", "length")) == "truncated"


def test_without_a_judge_it_is_said_what_to_add() -> None:
    assert load_judge_client(Path(), None) is None
    with pytest.raises(RecipeError, match=r"add a section \[judge\]"):
        named(None)
