"""Where a thought has found its answer."""

from dataclasses import replace

import pytest

from orca2.core.types import Task
from orca2.grading.settled_thought import cut_where_settled

SUM = Task("id", "sums", "What is 7 + 1?", "8", "number", "train")
FOUND = "7 and 1 more. So the answer is 8."


@pytest.mark.parametrize(
    ("thought", "kept"),
    [
        (FOUND, FOUND),
        (f"{FOUND} Let me look again. Yes, the answer is 8.", FOUND),
        (
            f"{FOUND} Or 9? The answer is 9. No, the answer is 8.",
            f"{FOUND} Or 9? The answer is 9. No, the answer is 8.",
        ),
        (f"The answer is 9. Wait.\n{FOUND}\nYes, the answer is 8.", f"The answer is 9. Wait.\n{FOUND}"),
        ("No idea at all. Perhaps more.", "No idea at all. Perhaps more."),
        ("", ""),
    ],
)
def test_it_ends_where_it_is_right_from_then_on(thought: str, kept: str) -> None:
    assert cut_where_settled(SUM, thought) == kept


def test_what_only_a_judge_could_tell_stays() -> None:
    assert cut_where_settled(replace(SUM, grader="judge"), "It may be. It is.") == "It may be. It is."
