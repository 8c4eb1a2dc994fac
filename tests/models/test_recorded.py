"""Recorded answers and local teachers, loaded as a recipe loads them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orca2 import plugins
from orca2.core.types import Completion, Message, Request, Task
from orca2.core.wording import asked
from orca2.errors import RecipeError

TASK = Task("id", "f", "2 + 2?", "4", "auto", "train", {"answer": "4", "why": "two and two"})


def count(text: str) -> int:
    return len(text.split())


def load(name: str, options: dict[str, Any], base: Path = Path()) -> Any:
    return plugins.call("teacher.options", plugins.get("models", name).load, options, count=count, base=base)


def answer(model: Any, strategy: str | None, task: Task | None = TASK, turns: tuple[Message, ...] = ()) -> Completion:
    async def collect() -> list[Completion]:
        messages = (Message("system", "S"), Message("user", "2 + 2?"), *turns)
        request = Request(messages, 4, task=task, strategy=strategy)
        return [found async for _, found in model.generate([request])]

    (found,) = asyncio.run(collect())
    return found


def test_columns_and_templates() -> None:
    columns = {"direct": "answer", "explain_then_answer": "{why}. So the answer is {answer}."}
    model = load("recorded", {"columns": columns})
    assert answer(model, "direct") == Completion("4", "stop", 4, 1)
    assert answer(model, "explain_then_answer").text == "two and two. So the answer is 4."
    assert not model.keep
    further = answer(model, "direct", turns=(Message("assistant", "4"), Message("user", "Check.")))
    assert further.error == "recorded answers hold one call; direct makes several"


def test_what_was_thought_before_a_recorded_answer_is_apart_from_it() -> None:
    whole = "<think>{why}</think>So the answer is {answer}."
    (inside, beside) = (
        answer(load("recorded", options), "think")
        for options in (
            {"columns": {"think": whole}},
            {"columns": {"think": "So the answer is {answer}."}, "reasoning": {"think": "why"}},
        )
    )
    for found in (inside, beside):
        assert (found.text, found.reasoning) == ("So the answer is 4.", "two and two")
        assert 0 < found.reasoning_tokens < found.tokens_out
    with pytest.raises(RecipeError, match=r"reasoning: columns has no 'thnk' \(did you mean 'think'\?\)"):
        load("recorded", {"columns": {"think": "answer"}, "reasoning": {"thnk": "why"}})


@pytest.mark.parametrize(
    ("columns", "strategy", "task", "said"),
    [
        ({"direct": "answer"}, "dirct", TASK, "did you mean 'direct'"),
        ({"direct": "anser"}, "direct", TASK, "no column 'anser'"),
        ({"direct": "answer"}, None, None, "nothing recorded"),
    ],
)
def test_what_is_not_recorded_is_a_failed_call(columns: Any, strategy: Any, task: Any, said: str) -> None:
    found = answer(load("recorded", {"columns": columns}), strategy, task)
    assert found.finish_reason == "error" and said in str(found.error)


def test_no_columns() -> None:
    with pytest.raises(RecipeError, match="columns: empty"):
        load("recorded", {"columns": {}})
    with pytest.raises(RecipeError, match="option 'columns' is missing"):
        load("recorded", {})


def test_a_local_model_as_the_teacher(tiny: Path) -> None:
    model = load("transformers", {"model": tiny.name, "device": "cpu"}, tiny.parent)
    found = answer(model, "direct")
    assert found.error is None and 1 <= found.tokens_out <= 4 and model.keep


def test_earlier_turns_of_a_task_are_no_call_of_a_strategy() -> None:
    model = load("recorded", {"columns": {"direct": "answer"}})
    turns = (Message("user", "1 + 1?"), Message("assistant", "2"))
    task = replace(TASK, history=turns, system="Be kind.")
    messages = asked(task, "S\n\nBe kind.")
    request = Request(messages, 4, task=task, strategy="direct")

    async def collect(request: Request) -> Completion:
        (found,) = [found async for _, found in model.generate([request])]
        return found

    assert asyncio.run(collect(request)).text == "4"
    further = (*messages, Message("assistant", "4"), Message("user", "Check."))
    assert "recorded answers hold one call" in str(asyncio.run(collect(replace(request, messages=further))).error)
