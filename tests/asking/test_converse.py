"""Several calls in turn: each answer is kept, and nothing is built on half of one."""

from collections.abc import AsyncIterator, Sequence

import pytest

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.converse import converse
from orca2.core.types import Call, Completion, Message, PriorCall, Request

CHECK, STATE = Call("check", "Check it."), Call("state", "State it.")


class Teacher:
    """Answers with its script by (task, number of the call); remembers what it was asked in each round."""

    def __init__(self, **script: Sequence[Completion]) -> None:
        self.name, self.keep, self.script = "teacher", True, script
        self.rounds: list[list[str]] = []

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        asked = []
        for index, request in reversed(list(enumerate(requests))):
            task, call = request.messages[1].content, len(request.messages) // 2 - 1
            asked.append(f"{task}{call}")
            yield index, self.script[task][call]
        self.rounds.append(sorted(asked))


def said(text: str, reason: str = "stop", error: str | None = None) -> Completion:
    return Completion(text, reason, 10, 2, error)  # type: ignore[arg-type]


def kept() -> int:
    cache = Cache()
    return int(next(cache.rows("SELECT count(*) FROM answers"))[0])


def opening(task: str) -> Request:
    return Request((Message("system", "S"), Message("user", task)), 9)


def test_rounds_and_what_each_call_sees() -> None:
    teacher = Teacher(a=[said("a0"), said("a1"), said("a2")], b=[said("b0")], c=[said("c0"), said("c1")])
    turns: list[tuple[Call, ...]] = [(CHECK, STATE), (), (CHECK,)]
    openings = [opening(task) for task in "abc"]
    found = converse(ModelClient(teacher), openings, turns, "answer", "t")
    assert teacher.rounds == [["a0", "b0", "c0"], ["a1", "c1"], ["a2"]]
    assert [run_chain.completion.text for run_chain in found] == ["a2", "b0", "c1"]
    assert found[0].earlier == (
        PriorCall("answer", said("a0"), "Check it."),
        PriorCall("check", said("a1"), "State it."),
    )
    assert found[1].earlier == () and len(found[2].earlier) == 1
    assert [(m.role, m.content) for m in found[0].request.messages] == [
        ("system", "S"), ("user", "a"), ("assistant", "a0"), ("user", "Check it."),
        ("assistant", "a1"), ("user", "State it."),
    ]  # fmt: skip
    assert kept() == 6  # every answer
    again = converse(ModelClient(teacher), openings, turns, "answer", "t")
    assert again == found and len(teacher.rounds) == 3  # nothing asked twice


@pytest.mark.parametrize(
    ("bad", "reason", "why"),
    [
        (said("", "error", "down"), "error", "call 2 of 3 (check): down"),
        (said("half", "length"), "length", None),
        (said(" "), "error", "call 2 of 3 (check): empty answer"),
    ],
)
def test_a_conversation_ends_where_an_answer_is_not_whole(bad: Completion, reason: str, why: str | None) -> None:
    teacher = Teacher(a=[said("4. So the answer is 4."), bad, said("never")])
    (run_chain,) = converse(ModelClient(teacher), [opening("a")], [(CHECK, STATE)], "answer", "t")
    assert (run_chain.completion.finish_reason, run_chain.completion.error) == (reason, why)
    assert [before.call for before in run_chain.earlier] == ["answer"] and teacher.rounds[-1] == ["a1"]
    teacher.script["a"][1] = said("fine")  # type: ignore[index]
    (run_chain,) = converse(ModelClient(teacher), [opening("a")], [(CHECK, STATE)], "answer", "t")
    if bad.error:  # only what failed is owed again
        assert run_chain.completion.text == "never" and teacher.rounds[-2:] == [["a1"], ["a2"]]
    else:
        assert run_chain.completion.finish_reason == reason


def test_a_failed_single_call_says_only_why() -> None:
    teacher = Teacher(a=[said("", "error", "down")])
    (run_chain,) = converse(ModelClient(teacher), [opening("a")], [()], "answer", "t")
    assert run_chain.completion.error == "down"
    assert kept() == 0  # a failure is not
    assert converse(ModelClient(teacher), [], [], "answer", "t") == []
