"""Rows of conversations: messages of OpenAI and Hugging Face, ShareGPT's, and questions with a history beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orca2.core.types import Message
from orca2.data.messages import (
    Asked,
    Wanted,
    are_messages,
    as_messages,
    last_asked,
    own_system,
    tasks_of,
    with_system,
)  # fmt: skip
from orca2.data.not_text import refuse_beside
from orca2.data.values import is_nested, text

Raw = Mapping[str, Any]
THOUGHT = "reasoning"  # the column of what was thought before a row's answer
SHAREGPT = ("conversations", "conversation")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a shape makes of a row, or of one turn of it: the texts that it asks and answers, as columns, the field map
    for them, and what stands before the question.

    Without a `system` the row's own column says it. `whole` is the column of a conversation of which this is one part
    of several: it does not go with the task.
    """

    columns: Raw = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    system: str | None = None
    history: tuple[Message, ...] = ()
    whole: str = ""


def is_messages(raw: Raw) -> bool:
    return "messages" in raw and not {"request", "response"} & set(raw)


def messages(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    return talk(raw, "messages", wanted)


def is_sharegpt(raw: Raw) -> bool:
    return any(name in raw for name in SHAREGPT)


def sharegpt(raw: Raw, wanted: Wanted) -> Sequence[Reading]:
    return talk(raw, next(name for name in SHAREGPT if name in raw), wanted)


def talk(raw: Raw, column: str, wanted: Wanted) -> list[Reading]:
    """The tasks of a column of messages; of a row that names its target the last question alone."""
    try:
        refuse_beside(raw)
        said = with_system(as_messages(raw[column]), own_system(raw))
        parts = [replace(last_asked(said), answer=None)] if "target" in raw else tasks_of(said, wanted)
    except ValueError as error:
        raise type(error)(f"{column}: {error}") from None
    return [reading(part, column if len(parts) > 1 else "") for part in parts]


def with_history(raw: Raw, question: Any, answer: Any, wanted: Wanted) -> list[Reading]:
    """The tasks of a question that has earlier ones, with their answers, in the column `history`."""
    try:
        refuse_beside(raw)
        asked, answered = _message("user", question), _message("assistant", answer)
        said = with_system([*_earlier(raw["history"]), asked, answered], own_system(raw))
        parts = tasks_of(said, wanted)
    except ValueError as error:
        raise type(error)(f"history: {error}") from None
    return [reading(part, "history" if len(parts) > 1 else "") for part in parts]


def has_history(raw: Raw) -> bool:
    """Whether earlier turns stand beside the question of a row."""
    return isinstance(raw.get("history"), list) and bool(raw["history"])


def reading(asked: Asked, whole: str = "") -> Reading:
    """What a turn of a conversation is as a row; without a target where it has no answer. A thought before the answer
    is a column of its own, which a recorded teacher may be given."""
    columns = {"prompt": asked.question, **({} if asked.answer is None else {"target": asked.answer})}
    if asked.thought:
        columns[THOUGHT] = asked.thought
    return Reading(columns, {}, asked.system, asked.history, whole)


def _message(role: str, value: Any) -> Raw:
    return {"role": role, "content": value if value is None or is_nested(value) else text(value)}


def _earlier(history: Any) -> list[Mapping[str, Any]]:
    """The messages of a list of [question, answer], or of messages."""
    if are_messages(history):
        return list(history)
    if not all(isinstance(pair, list) and [type(text) for text in pair] == [str, str] for pair in history):
        raise ValueError("no list of questions with their answers, [[question, answer], ...]")
    return [
        {"role": role, "content": text}
        for pair in history
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
