"""What a row of messages may hold besides text, each by its name: images, sounds, files, tools. No task takes them."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

TEXTS = ("text", "input_text", "output_text")  # types of the parts of a content that are text
# what the type of a part, or the name of a key, begins with or holds, in the order in which it is looked for
KINDS = (
    ("result", "a result of a tool"), ("output", "a result of a tool"),
    ("call", "a call of a tool"), ("tool", "a call of a tool"), ("function", "a call of a tool"),
    ("image", "an image"), ("audio", "audio"), ("video", "a video"), ("file", "a file"), ("document", "a file"),
    ("thinking", "thoughts"), ("reasoning", "thoughts"), ("refusal", "a refusal"),
)  # fmt: skip
OF_A_MESSAGE = ("tool_calls", "function_call", "images", "image", "audio", "audios", "videos", "video")
OF_A_ROW = ("tools", "functions", "images", "image", "audios", "audio", "videos", "video")
DEFINITIONS = ("tools", "functions")
Raw = Mapping[str, Any]


class NotTextError(ValueError):
    """What a row holds is no text, and no field map would make it one."""


def named_part(kind: str) -> str:
    """What a part of this type is, with the type itself: "an image (image_url)"."""
    found = next((name for mark, name in KINDS if mark in kind.lower()), "something")
    return f"{found} ({kind})"


def refuse_more_than_text(message: Raw, role: str) -> None:
    """NotTextError for a message with a part, or a key beside its content, that is no text."""
    held = message.get("content")
    parts = held if isinstance(held, list) else []
    kinds = [str(part["type"]) for part in parts if isinstance(part, Mapping) and part.get("type")]
    kinds += [key for key in OF_A_MESSAGE if _is_there(message.get(key))]
    if not held and _is_there(message.get("refusal")):
        kinds.append("refusal")
    if other := [kind for kind in kinds if kind not in TEXTS]:
        raise NotTextError(f"a message of the {role} holds no text, or more than text: {named_part(other[0])}")


def refuse_beside(row: Raw, where: str = "column") -> None:
    """NotTextError for definitions of functions, or an image and the like, beside the messages of a row or request."""
    for name in OF_A_ROW:
        if _is_there(row.get(name)):
            what = "definitions of functions" if name in DEFINITIONS else named_part(name)
            raise NotTextError(f"{what} in {where} {name!r}, which a task has no place for")


def _is_there(value: Any) -> bool:
    """Whether a value says anything; a cell of a table may hold an empty list as text."""
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    return value not in (None, "", 0, False) and value != [] and value != {}
