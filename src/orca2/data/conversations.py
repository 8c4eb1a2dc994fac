"""Rows of messages: those of OpenAI and Hugging Face, and ShareGPT's conversations."""

from collections.abc import Mapping
from typing import Any

from orca2.data.messages import are_messages, as_messages, check_turns, question, reply

Raw = Mapping[str, Any]
Read = tuple[Raw, Mapping[str, str]]
SHAREGPT = ("conversations", "conversation")
__all__ = ["are_messages", "is_messages", "is_sharegpt", "messages", "sharegpt"]


def is_messages(raw: Raw) -> bool:
    return "messages" in raw and not {"request", "response"} & set(raw)


def messages(raw: Raw) -> Read:
    return _talk(raw, "messages")


def is_sharegpt(raw: Raw) -> bool:
    return any(name in raw for name in SHAREGPT)


def sharegpt(raw: Raw) -> Read:
    return _talk(raw, next(name for name in SHAREGPT if name in raw))


def _talk(raw: Raw, column: str) -> Read:
    """The row with its question and its answer; a prompt or target that it names itself stays."""
    try:
        talk = as_messages(raw[column])
        if column != "messages" and isinstance(raw.get("system"), str) and raw["system"].strip():
            raise ValueError("a system message, which a task has no place for")
        check_turns(talk)
        found = {"prompt": question(talk)}
        if "target" not in raw:
            found["target"] = reply(talk)
    except ValueError as error:
        raise ValueError(f"{column}: {error}") from None
    return {**found, **raw}, {}
