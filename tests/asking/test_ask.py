"""Durable answers: nothing is asked twice, nothing is lost, a failure is owed again."""

import dataclasses
from collections.abc import AsyncIterator, Sequence

import pytest

from orca2.asking.ask import ask
from orca2.asking.cache import default_path
from orca2.asking.client import ModelClient
from orca2.asking.keys import request_key, serialize
from orca2.core.types import Completion, Message, Request
from orca2.models.scripted import Scripted


class Counting(Scripted):
    def __init__(self, *args: dict[str, str]) -> None:
        super().__init__(*args, default="yes")
        self.asked: list[str] = []

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        self.asked += [request.messages[-1].content for request in requests]
        async for index, completion in super().generate(requests):
            yield index, completion


def questions(*prompts: str) -> list[Request]:
    return [Request((Message("system", "S"), Message("user", prompt)), 9) for prompt in prompts]


def test_only_what_is_missing_is_asked() -> None:
    model = Counting({"b": "!down"})
    client = ModelClient(model)
    first = ask(client, questions("a", "b", "c", "a"), "t")
    assert [c.text for c in first] == ["yes", "", "yes", "yes"] and first[1].error == "down"
    assert model.asked == ["a", "b", "c"]
    assert (client.ledger.requests, client.ledger.asked, client.ledger.shared) == (4, 3, 1)
    assert (client.ledger.accepted, dict(client.ledger.failed)) == (3, {"down": 1})
    model.asked.clear()
    again = ModelClient(model)
    ask(again, questions("a", "b", "c", "d"), "t")
    assert model.asked == ["b", "d"] and again.ledger.cached == 2
    again.ledger.check()


def test_what_is_not_worth_keeping_is_looked_up_again() -> None:
    model = Counting({})
    model.keep = False
    for _ in range(2):
        assert [c.text for c in ask(ModelClient(model), questions("a", "a"), "t")] == ["yes", "yes"]
    assert model.asked == ["a"] * 4 and not default_path().exists()


def test_a_model_that_breaks_says_so_and_a_request_without_an_answer_is_found() -> None:
    class Broken(Counting):
        async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
            yield 0, Completion("one", "stop")
            if self.answers:
                raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        ask(ModelClient(Broken({"a": "b"})), questions("a", "b"), "t")
    with pytest.raises(AssertionError, match="without an answer"):
        ask(ModelClient(Broken({})), questions("c", "d"), "t")


BASE = Request((Message("system", "S"), Message("user", "U")), 9, 0.0, 0)


def key(name: str, request: Request) -> bytes:
    return request_key(name, request, serialize(None, request))


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message("system", "T"), Message("user", "U"))},
        {"messages": (Message("system", "S"), Message("user", "V"))},
        {"messages": (Message("system", "SU"), Message("user", ""))},
        {"max_tokens": 10},
        {"temperature": 0.5},
        {"seed": 1},
        {"sample": 1},
    ],
)
def test_the_key_holds_everything_that_changes_the_answer(change: dict[str, object]) -> None:
    assert key("m", dataclasses.replace(BASE, **change)) != key("m", BASE)  # type: ignore[arg-type]
    assert key("n", BASE) != key("m", BASE)
    assert key("m", dataclasses.replace(BASE)) == key("m", BASE)


def test_how_many_are_there_is_told_as_they_come() -> None:
    told = list[int]()
    ask(ModelClient(Counting({})), questions(*"abcde"), "", told.append)
    assert told == [1, 2, 3, 4, 5]
