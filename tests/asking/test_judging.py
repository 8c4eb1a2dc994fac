"""What cut-off, empty and failed answers count as."""

import pytest

from orca2.asking.judging import judge
from orca2.core.nouns import Completion, Task, Verdict
from orca2.errors import RecipeError

TASK = Task("t", "sums", "What is 3 + 4?", "7", "number", "test")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("completion", "verdict"),
    [
        (Completion("", "error", error="503 busy"), Verdict("failed", None, "503 busy")),
        (Completion("The answer is 7.", "error", error="cut"), Verdict("failed", None, "cut")),
        (Completion(" \n", "stop"), Verdict("unextracted", None, "empty answer")),
        (Completion("", "length"), Verdict("unextracted", None, "empty answer")),
        (Completion("The answer is 7.", "stop"), Verdict("correct", "7", "stated answer")),
        (Completion("The answer is 8.", "stop"), Verdict("wrong", "8", "stated answer")),
    ],
)
def test_strictness_changes_nothing_for_whole_answers(completion: Completion, verdict: Verdict, strict: bool) -> None:
    assert judge(TASK, completion, strict) == verdict


def test_a_cut_demonstration_is_never_trusted() -> None:
    cut = Completion("The answer is 7. Let me explain why that", "length")
    assert judge(TASK, cut, strict=True) == Verdict("truncated", None, "cut at the token limit")
    assert judge(TASK, cut, strict=False).correct


def test_a_cut_answer_that_is_not_right_is_truncated_with_what_was_read() -> None:
    cut = Completion("The answer is 8. Let me explain why that", "length")
    assert judge(TASK, cut, strict=False) == Verdict("truncated", "8", "cut at the token limit")


def test_the_question_reaches_the_grader() -> None:
    task = Task("t", "f", "Which?\nOptions:\n(A) Paris\n(B) Lyon", "(A)", "choice", "test")
    assert judge(task, Completion("Paris", "stop"), strict=True).correct


def test_an_unknown_grader_is_the_users_error() -> None:
    task = Task("t", "f", "Q", "7", "nunber", "test")
    with pytest.raises(RecipeError, match="did you mean 'number'"):
        judge(task, Completion("7", "stop"), strict=True)
