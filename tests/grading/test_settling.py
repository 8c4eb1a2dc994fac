"""The verdicts that need no judge: cut, empty and failed answers, and those that thinking left no room for."""

import pytest

from orca2.core.types import Completion, Task
from orca2.grading.settling import out_of_room, settled

TASK = Task("t", "sums", "What is 3 + 4?", "7", "number", "test")
OPEN = Task("t", "soups", "What is it?", "Soup.", "judge", "test")
LIMIT = "teacher.max_tokens = 512"


@pytest.mark.parametrize("task", [TASK, OPEN])
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    ("completion", "outcome", "why"),
    [
        (Completion("", "error", error="503"), "failed", "503"),
        (Completion(" ", "stop"), "unextracted", "empty answer"),
        (Completion("", "length"), "truncated", f"cut at the token limit before any answer; raise {LIMIT}"),
        (Completion("", "stop", reasoning="7?"), "truncated", "it ended while thinking"),
        (
            Completion("", "length", 9, 512, reasoning="7", reasoning_tokens=512),
            "truncated",
            f"thinking left no room for the answer: 512 of 512 tokens were thoughts; raise {LIMIT}",
        ),
    ],
)
def test_what_no_grader_sees(task: Task, strict: bool, completion: Completion, outcome: str, why: str) -> None:
    found = settled(task, completion, strict, LIMIT)
    assert found is not None and (found.outcome, found.why, found.answer) == (outcome, why, None)


def test_who_graded_by_a_judge_waits_for_it_and_others_do_not() -> None:
    assert settled(OPEN, Completion("Stew.", "stop"), True) is None
    found = settled(TASK, Completion("It is 7.", "stop", reasoning="It is 8."), True)
    assert found is not None and found.correct


def test_a_cut_answer_says_how_much_of_it_was_thought() -> None:
    begun = Completion("The answer is", "length", 9, 512, reasoning="6 or 7", reasoning_tokens=500)
    assert out_of_room(begun, "") == "cut at the token limit: 500 of 512 tokens were thoughts"
    found = settled(TASK, begun, True, LIMIT)
    assert found is not None and found.why.endswith(f"; raise {LIMIT}")
