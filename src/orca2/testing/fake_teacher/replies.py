"""What the fake teacher says, and the chat completion around it, whole or with a fault."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.errors import DataError
from orca2.files import located
from orca2.testing.fake_teacher.scenario import Answer

NAME = "fake-teacher"
TURNED = ("wrong_model", "content_filter", "length", "empty_choices")  # faults that show inside a completion
CORRUPT = ("malformed", "half_json")  # faults that leave no JSON
PAGE = b"<html><body><h1>Bad gateway</h1>The fake teacher speaks HTML here, on purpose.</body></html>"


class Unanswerable(ValueError):
    """The request cannot be answered; a 400 for the client."""


class Replies:
    """Chat completions to chat requests."""

    def __init__(self, answer: Answer, folder: Path) -> None:
        self._answer, self._marker = answer, re.compile(answer.marker)
        self._rows = _read(located(answer.file, folder)) if answer.kind == "file" else {}

    def completion(self, asked: Mapping[str, Any], fault: str = "") -> dict[str, Any]:
        """The completion of a request's body; of the faults, those in TURNED show in it."""
        messages = asked.get("messages")
        if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
            raise Unanswerable("messages is missing or no list of messages")
        if asked.get("n", 1) != 1:
            raise Unanswerable("the fake teacher answers once; send n = 1")
        text, reason = self._text(messages), "stop"
        max_tokens = asked.get("max_completion_tokens") or asked.get("max_tokens")
        if isinstance(max_tokens, int) and tokens(text) > max_tokens:
            text, reason = text[: 4 * max_tokens], "length"
        if fault == "length":
            text, reason = text[: len(text) // 2], "length"
        if fault == "content_filter":
            text, reason = "", "content_filter"
        prompt_tokens = sum(tokens(str(message.get("content"))) for message in messages)
        completion_tokens = tokens(text)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}
        return {
            "id": "chatcmpl-fake",
            "object": "chat.completion",
            "created": 0,
            "model": f"{NAME}/another" if fault == "wrong_model" else name_for(asked.get("model")),
            "choices": [] if fault == "empty_choices" else [choice],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        }

    def _text(self, messages: Sequence[Mapping[str, Any]]) -> str:
        asked = [str(message.get("content")) for message in messages if message.get("role") == "user"]
        last = asked[-1] if asked else ""
        if self._answer.kind == "fixed":
            return self._answer.text
        if self._answer.kind == "echo":
            markers = self._marker.findall(last)
            return self._answer.text.replace("{marker}", markers[-1] if markers else "")
        system = "\n".join(str(message.get("content")) for message in messages if message.get("role") == "system")
        for key in ((system, last), (None, last)):
            if key in self._rows:
                return self._rows[key]
        raise Unanswerable(f"{self._answer.file} has no row with this prompt: {last[:100]!r}")


def name_for(asked: object) -> str:
    """The model's name in a reply: what was asked for, but never without saying that it is fake."""
    return asked if isinstance(asked, str) and asked.startswith(NAME) else f"{NAME}/{asked}"


def tokens(text: str) -> int:
    """Four characters count as a token."""
    return (len(text) + 3) // 4


def corrupt(completion: Mapping[str, Any], fault: str) -> bytes:
    """The bytes of a completion, which are no JSON if the fault is in CORRUPT."""
    if fault == "malformed":
        return PAGE
    whole = json.dumps(completion).encode()
    return whole[: len(whole) // 2] if fault == "half_json" else whole


def _read(path: Path) -> dict[tuple[str | None, str], str]:
    """Responses by system message (None: any) and prompt."""
    rows: dict[tuple[str | None, str], str] = {}
    number = 0
    try:
        with open(path, encoding="utf-8") as handle:
            for line in handle:
                number += 1
                row = json.loads(line)
                rows[row.get("system"), row["prompt"]] = row["response"]
    except OSError as error:
        raise DataError(f"answer.file {path}: {error.strerror}; name a file of JSON lines") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"{path}:{number}: no JSON object with prompt and response; correct the line") from None
    return rows
