"""The names of tasks and of conversations: hashes of what is asked, so that equal questions have equal names."""

import hashlib
from collections.abc import Sequence

from orca2.core.types import Message

_APART = b"\xff"  # no text has this byte in UTF-8, so no two conversations, and no prompt alone, are the same bytes


def task_id(prompt: str, system: str = "", history: Sequence[Message] = ()) -> str:
    """The content hash that names a task: 16 hex digits of the SHA-256 of all that is asked.

    Of a question that stands alone it is the hash of its text. Two rows that ask the same are the same task, so they
    can never land in two splits.
    """
    hashed = hashlib.sha256()
    if system or history:
        for message in (Message("system", system), *history):
            hashed.update(message.role.encode() + _APART + _bytes(message.content) + _APART)
    hashed.update(_bytes(prompt))
    return hashed.hexdigest()[:16]


def conversation_id(prompt: str, history: Sequence[Message] = ()) -> str:
    """The hash of what the user says first, which is the same for all tasks of one conversation."""
    return task_id(history[0].content if history else prompt)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
