"""Requests to a teacher, and what its demonstrations come to in numbers."""

from orca2.core.types import Completion, Demonstration, Message, Outcome, PriorCall, Task, Verdict
from orca2.run.demonstrating import count_outcomes, count_tokens, request_for

TASK = Task("t", "f", "How many?", "7", "number", "train")


def shown(outcome: Outcome, earlier: int = 0) -> Demonstration:
    said = Completion("7", "stop", tokens_in=10, tokens_out=2)
    before = tuple(PriorCall("plan", said, "Go on.") for _ in range(earlier))
    return Demonstration("t", "f", "direct", (Message("user", "q"),), said, Verdict(outcome, "7", ""), earlier=before)


def test_a_task_under_a_system_message() -> None:
    request = request_for(TASK, "Be brief.", 64, "direct", temperature=0.5)
    assert [message.content for message in request.messages] == ["Be brief.", "How many?"]
    assert (request.max_tokens, request.temperature, request.task, request.strategy) == (64, 0.5, TASK, "direct")


def test_asked_is_accepted_and_rejected() -> None:
    counts = count_outcomes([shown("correct"), shown("wrong"), shown("wrong"), shown("failed")])
    assert (counts.asked, counts.accepted, counts.rejected) == (4, 1, {"wrong": 2, "failed": 1})


def test_tokens_of_all_calls_count() -> None:
    assert count_tokens([shown("correct"), shown("wrong", earlier=2)]) == (40, 8, 0)
    assert count_tokens([]) == (0, 0, 0)
