"""A task in a row of messages: what the user asks, and what the assistant answers last."""

from collections.abc import Mapping, Sequence
from typing import Any

COLUMNS = ("messages", "conversations")  # where rows keep them that have no prompt and no target
ROLES = {"human": "user", "gpt": "assistant", "bot": "assistant", "model": "assistant"}  # as ShareGPT calls them
Messages = Sequence[Mapping[str, Any]]


def are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) and _role(item) for item in value)


def question(messages: Messages) -> str:
    """What the one message of the user says; a system message is not part of it, the recipe has its own.

    ValueError if there is none or there are several.
    """
    asked = questions(messages)
    if len(asked) != 1:
        raise ValueError(f"{len(asked) or 'no'} messages of the user; a task has one")
    return asked[0]


def questions(messages: Messages) -> list[str]:
    """What the user says, message by message; ValueError if one of them is more than text."""
    return [_content(message) for message in messages if _role(message) == "user"]


def reply(messages: Messages) -> str:
    """The last message, which is the assistant's; ValueError if it is not."""
    if _role(messages[-1]) != "assistant":
        raise ValueError("the last message is not the assistant's, so there is no answer")
    return _content(messages[-1])


def _role(message: Mapping[str, Any]) -> str:
    name = str(message.get("role") or message.get("from") or "")
    return ROLES.get(name, name)


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content", message.get("value"))
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, Mapping) else None for part in content]
        content = "\n".join(parts) if all(isinstance(part, str) for part in parts) else None  # type: ignore[arg-type]
    if not isinstance(content, str):
        raise ValueError(f"a message of the {_role(message)} holds no text, or more than text")
    return content
