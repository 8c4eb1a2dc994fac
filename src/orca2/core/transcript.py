"""A conversation as one text, for people and judges: a question that stands alone is its text and nothing more."""

from collections.abc import Sequence

from orca2.core.types import Message


def transcript(before: Sequence[Message], prompt: str) -> str:
    """What stands before a question, and the question, each turn under its role.

    >>> print(transcript([Message("system", "Be kind.")], "2 + 2?"))
    system: Be kind.
    <BLANKLINE>
    user: 2 + 2?
    """
    if not before:
        return prompt
    return turns([*before, Message("user", prompt)])


def turns(messages: Sequence[Message]) -> str:
    """Messages, each under its role."""
    return "\n\n".join(f"{message.role}: {message.content}" for message in messages)


def length(messages: Sequence[Message]) -> int:
    """Characters of all contents."""
    return sum(len(message.content) for message in messages)
