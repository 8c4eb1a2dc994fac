"""What cut-off, empty and failed answers count as, and how a judge is asked."""

from collections.abc import AsyncIterator, Sequence

import pytest

from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Request, Task, Verdict
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
        (Completion("", "length"), Verdict("truncated", None, "cut at the token limit before any answer")),
        (Completion("", "stop", reasoning="7?"), Verdict("truncated", None, "it ended while thinking")),
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


@pytest.mark.parametrize("strict", [True, False])
def test_an_answer_that_thinking_left_no_room_for_says_which_limit_to_raise(strict: bool) -> None:
    hidden = Completion("", "length", 9, 512, reasoning_tokens=512)
    (found,) = verdicts([TASK], [hidden], strict, limit="teacher.max_tokens = 512")
    assert found.outcome == "truncated" and found.why == (
        "thinking left no room for the answer: 512 of 512 tokens were thoughts; raise teacher.max_tokens = 512"
    )
    begun = Completion("The answer is", "length", 9, 512, reasoning="6 or 7", reasoning_tokens=500)
    (found,) = verdicts([TASK], [begun], True, limit="teacher.max_tokens = 512")
    assert found.outcome == "truncated" and "500 of 512 tokens" in found.why and "teacher.max_tokens = 512" in found.why


def test_a_thought_is_never_graded() -> None:
    assert judge(TASK, Completion("It is 8.", "stop", reasoning="The answer is 7."), True).outcome == "wrong"
    assert judge(TASK, Completion("It is 7.", "stop", reasoning="The answer is 8."), True).correct


def test_a_judge_that_thinks_too_long_says_so() -> None:
    class Thinker(Scripted):
        async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
            for index, request in enumerate(requests):
                assert request.thinking == "low"
                yield index, Completion("", "length", 9, 64, reasoning="Well", reasoning_tokens=64)

    judge_client = JudgeClient(ModelClient(Thinker({})), "score", 7, 64, thinking="low")
    task = Task("t", "f", "Q", "Good soup.", "judge", "test")
    (found,) = verdicts([task], [Completion("Fine soup.", "stop")], True, judge_client)
    assert found.outcome == "failed" and "raise judge.max_tokens = 64" in found.why


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
