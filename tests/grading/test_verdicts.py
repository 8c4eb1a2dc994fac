"""What cut-off, empty and failed answers count as, and how a judge is asked."""

import pytest

from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Task, Verdict
from orca2.errors import RecipeError
from orca2.grading.judging import JudgeClient
from orca2.grading.verdicts import verdicts
from orca2.models.scripted import Scripted


def judge(task: Task, completion: Completion, strict: bool) -> Verdict:
    (found,) = verdicts([task], [completion], strict)
    return found


TASK = Task("t", "sums", "What is 3 + 4?", "7", "number", "test")


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("completion", "verdict"),
    [
        (Completion("", "error", error="503 busy"), Verdict("failed", None, "503 busy")),
        (Completion("The answer is 7.", "error", error="cut"), Verdict("failed", None, "cut")),
        (Completion(" \n", "stop"), Verdict("unextracted", None, "empty answer")),
        (Completion("", "length"), Verdict("unextracted", None, "empty answer")),
        (Completion("The answer is 7.", "stop"), Verdict("correct", "7", "stated answer", "stated", "number")),
        (Completion("The answer is 8.", "stop"), Verdict("wrong", "8", "stated answer", "stated", "number")),
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
    assert judge(TASK, cut, strict=False) == Verdict("truncated", "8", "cut at the token limit", "stated", "number")


def test_the_question_reaches_the_grader() -> None:
    task = Task("t", "f", "Which?\nOptions:\n(A) Paris\n(B) Lyon", "(A)", "choice", "test")
    assert judge(task, Completion("Paris", "stop"), strict=True).correct


def test_an_unknown_grader_is_the_users_error() -> None:
    task = Task("t", "f", "Q", "7", "nunber", "test")
    with pytest.raises(RecipeError, match="did you mean 'number'"):
        judge(task, Completion("7", "stop"), strict=True)


def test_the_last_statement_of_a_cut_answer_is_no_conclusion() -> None:
    cut = Completion("First we take 3 and 4.\nSo far that is 7", "length")
    assert judge(TASK, cut, strict=False).outcome == "truncated"
    assert judge(TASK, Completion(cut.text, "stop"), strict=False).correct


OPEN = [Task(str(n), "soup", f"Recipe {n}?", f"gold {n}", "judge", "test") for n in range(3)]


@pytest.mark.parametrize(
    ("mode", "reply", "expected"),
    [
        ("score", "Fine. Score: 8", ["correct", "correct", "correct"]),
        ("score", "Bad. Score: 2", ["correct", "wrong", "wrong"]),
        ("score", "!503 busy", ["correct", "failed", "failed"]),
        ("pairwise", "Verdict: tie", ["correct", "correct", "correct"]),
        ("pairwise", "Verdict: A", ["correct", "ambiguous", "ambiguous"]),
    ],
)
def test_open_answers_go_to_the_judge_all_at_once(mode: str, reply: str, expected: list[str]) -> None:
    judge_client = JudgeClient(ModelClient(Scripted({}, reply)), mode, 7, 64)  # type: ignore[arg-type]
    answers = [Completion(text, "stop") for text in ("gold 0", "other", "another")]
    assert [verdict.outcome for verdict in verdicts(OPEN, answers, strict=True, judge_client=judge_client)] == expected


def test_a_judge_that_nobody_named_is_the_users_error() -> None:
    with pytest.raises(RecipeError, match=r"add a section \[judge\]"):
        judge(OPEN[0], Completion("other", "stop"), strict=True)
