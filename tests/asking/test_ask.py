"""Durable answers: nothing is asked twice, nothing is lost, a failure is owed again."""

import dataclasses
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from orca2.asking.ask import ask, request_key
from orca2.core.nouns import Completion, Message, Request
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


def test_only_what_is_missing_is_asked(tmp_path: Path) -> None:
    model, journal = Counting({"b": "!down"}), tmp_path / "j.jsonl"
    first = ask(model, questions("a", "b", "c", "a"), journal, "t")
    assert [c.text for c in first] == ["yes", "", "yes", "yes"] and first[1].error == "down"
    assert model.asked == ["a", "b", "c"]
    model.asked.clear()
    ask(model, questions("a", "b", "c", "d"), journal, "t")
    assert model.asked == ["b", "d"]


def test_a_torn_line_is_owed_again(tmp_path: Path) -> None:
    model, journal = Counting({}), tmp_path / "j.jsonl"
    ask(model, questions("a", "b"), journal, "t")
    data = journal.read_bytes()
    for cut in (1, 5, len(data) // 3):
        journal.write_bytes(data[:-cut])
        model.asked.clear()
        found = ask(model, questions("a", "b"), journal, "t")
        assert [c.text for c in found] == ["yes", "yes"] and model.asked in (["b"], [])
        model.asked.clear()
        ask(model, questions("a", "b"), journal, "t")
        assert model.asked == []


def test_foreign_lines_are_passed_over(tmp_path: Path) -> None:
    journal = tmp_path / "j.jsonl"
    journal.write_bytes(b'\xff\xfe\n[]\n{"key": 1}\n\n')
    model = Counting({})
    assert ask(model, questions("a"), journal, "t")[0].text == "yes"
    assert json.loads(journal.read_bytes().splitlines()[-1])["completion"]["text"] == "yes"


def test_what_is_not_worth_keeping_is_looked_up_again(tmp_path: Path) -> None:
    model, journal = Counting({}), tmp_path / "j.jsonl"
    model.keep = False
    for _ in range(2):
        assert [c.text for c in ask(model, questions("a", "a"), journal, "t")] == ["yes", "yes"]
    assert model.asked == ["a"] * 4 and not journal.exists()


BASE = Request((Message("system", "S"), Message("user", "U")), 9, 0.0, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"messages": (Message("system", "T"), Message("user", "U"))},
        {"messages": (Message("system", "S"), Message("user", "V"))},
        {"messages": (Message("system", "SU"), Message("user", ""))},
        {"max_tokens": 10},
        {"temperature": 0.5},
        {"seed": 1},
    ],
)
def test_the_key_holds_everything_that_changes_the_answer(change: dict[str, object]) -> None:
    assert request_key("m", dataclasses.replace(BASE, **change)) != request_key("m", BASE)  # type: ignore[arg-type]
    assert request_key("n", BASE) != request_key("m", BASE)
    assert request_key("m", dataclasses.replace(BASE)) == request_key("m", BASE)
