"""A task in a row of messages: what the user asks, and what the assistant answers last."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

COLUMNS = ("messages", "conversations")  # where rows keep them that have no prompt and no target
ROLES = {"human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant"}
_LIST = re.compile(r"\s*\[\{['\"](role|from|content|value)['\"]\s*:")  # how a list of messages begins as text
_SAID_BY = re.compile(r"['\"](role|from)['\"]\s*:\s*['\"](system|user|assistant|human|gpt)['\"]")
WRITTEN_OUT = "messages written out as text; save the table as JSON lines or Parquet"
Messages = Sequence[Mapping[str, Any]]


def are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) and _role(item) for item in value)


def is_written_out(value: Any) -> bool:
    """Whether a text is a list of messages as a program writes it to a CSV, and nobody asks or answers it."""
    return isinstance(value, str) and bool(_LIST.match(value) and _SAID_BY.search(value))


def as_messages(value: Any) -> Messages:
    """The messages that a value is, or that a cell of a table holds as JSON; ValueError if there are none."""
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if is_written_out(value):
        raise ValueError(WRITTEN_OUT)
    if not are_messages(value):
        raise ValueError("no list of messages, each with a role and a content")
    return value  # type: ignore[no-any-return]


def question(messages: Messages) -> str:
    """What the one message of the user says. ValueError if that is not all that is asked."""
    check_turns(messages)
    return questions(messages)[0]


def questions(messages: Messages) -> list[str]:
    """What the user says, message by message; ValueError if one of them is more than text."""
    return [content(message) for message in messages if _role(message) == "user"]


def reply(messages: Messages) -> str:
    """The last message, which is the assistant's; ValueError if it is not."""
    if _role(messages[-1]) != "assistant":
        raise ValueError("the last message is not the assistant's, so there is no answer")
    return content(messages[-1])


def check_turns(messages: Messages) -> None:
    """ValueError for messages that are not one question of the user, with or without its answer."""
    roles = [_role(message) for message in messages]
    for message in messages:
        if not content(message).strip():
            raise ValueError(f"an empty message of the {_role(message)}")
    if roles.count("system") > 1:
        raise ValueError("two system messages")
    if "system" in roles[1:]:
        raise ValueError("a system message after the first")
    talk = roles[roles.count("system") :]
    if other := sorted(set(talk) - {"user", "assistant"}):
        raise ValueError(f"a message of the {other[0]}")
    if not talk or talk[0] != "user":
        raise ValueError("an answer before any question" if talk else "no message of the user")
    if same := [first for first, second in pairwise(talk) if first == second]:
        raise ValueError(f"two messages of the {same[0]} in a row")
    if len(talk) > 2:
        raise ValueError("several turns; a task has one question")
    if roles[0] == "system":
        raise ValueError("a system message, which a task has no place for")


def content(message: Mapping[str, Any]) -> str:
    """The text of a message; ValueError if it is none, or more than text."""
    held = message.get("content", message.get("value"))
    if isinstance(held, list):
        parts = [part.get("text") if isinstance(part, Mapping) else None for part in held]
        held = "\n".join(parts) if all(isinstance(part, str) for part in parts) else None  # type: ignore[arg-type]
    if not isinstance(held, str):
        raise ValueError(f"a message of the {_role(message)} holds no text, or more than text")
    return held


def _role(message: Mapping[str, Any]) -> str:
    name = str(message.get("role") or message.get("from") or "").lower()
    return ROLES.get(name, name)
