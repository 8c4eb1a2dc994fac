"""What the fake teacher says, and the chat completion around it, whole or with a fault."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

from orca2.errors import DataError
from orca2.files import located
from orca2.testing.fake_teacher import thinking
from orca2.testing.fake_teacher.scenario import Answer, Thinking

NAME = "fake-teacher"
TURNED = ("wrong_model", "content_filter", "length", "empty_choices")  # faults that show inside a completion
CORRUPT = ("malformed", "half_json")  # faults that leave no JSON
PAGE = b"<html><body><h1>Bad gateway</h1>The fake teacher speaks HTML here, on purpose.</body></html>"


class Unanswerable(ValueError):
    """The request cannot be answered; a 400 for the client."""


class Replies:
    """Chat completions to chat requests."""

    def __init__(self, answer: Answer, thinks: Thinking, folder: Path) -> None:
        self._answer, self._thinking, self._marker = answer, thinks, re.compile(answer.marker)
        self._rows = _read(located(answer.file, folder)) if answer.kind == "file" else {}

    def completion(self, asked: Mapping[str, Any], fault: str = "") -> dict[str, Any]:
        """The completion of a request's body; of the faults, those in TURNED show in it."""
        messages = asked.get("messages")
        if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
            raise Unanswerable("messages is missing or no list of messages")
        if asked.get("n", 1) != 1:
            raise Unanswerable("the fake teacher answers once; send n = 1")
        (text, thought), reason = self._text(messages, asked.get("seed")), "stop"
        wanted = thinking.read(asked)
        thought = thought if thinking.thinks(self._thinking, wanted) else ""
        thought = thought if wanted.tokens is None else thought[: 4 * wanted.tokens]
        max_tokens, cut = asked.get("max_completion_tokens") or asked.get("max_tokens"), False
        if isinstance(max_tokens, int) and tokens(thought) + tokens(text) > max_tokens:
            thought, cut, reason = thought[: 4 * max_tokens], tokens(thought) >= max_tokens, "length"
            text = text[: 4 * (max_tokens - tokens(thought))]
        if fault == "length":
            text, reason = text[: len(text) // 2], "length"
        if fault == "content_filter":
            text, reason = "", "content_filter"
        prompt_tokens = sum(tokens(str(message.get("content"))) for message in messages)
        shown_in, thought_tokens = self._thinking.shown_in, tokens(thought)
        completion_tokens = thought_tokens + tokens(text)
        message = thinking.message(text, thought, shown_in, cut)
        counts = {"completion_tokens_details": {"reasoning_tokens": thought_tokens}}
        choice = {"index": 0, "message": message, "finish_reason": reason}
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
                **(counts if thought and "tag" not in shown_in else {}),
            },
        }

    def _text(self, messages: Sequence[Mapping[str, Any]], seed: object) -> tuple[str, str]:
        """Answer and thought."""
        asked = [str(message.get("content")) for message in messages if message.get("role") == "user"]
        last = asked[-1] if asked else ""
        if self._answer.kind == "fixed":
            return self._answer.text, self._thinking.text
        markers = self._marker.findall(last)
        marker = markers[-1] if markers else ""
        thought = self._thinking.text.replace("{marker}", marker)
        if self._answer.kind == "echo":
            rng = Random(last if self._answer.shared else json.dumps([seed, messages]))
            return self._answer.text.replace("{marker}", self._missed(marker, rng)), thought
        system = "\n".join(str(message.get("content")) for message in messages if message.get("role") == "system")
        for key in ((system, last), (None, last)):
            if key in self._rows:
                response, reasoning = self._rows[key]
                return response, thought if reasoning is None else reasoning
        raise Unanswerable(f"{self._answer.file} has no row with this prompt: {last[:100]!r}")

    def _missed(self, said: str, rng: Random) -> str:
        return _other(said, rng) if rng.random() < self._answer.wrong else said


def _other(said: str, rng: Random) -> str:
    """Another number, near by; another text for what is none."""
    return str(int(said) + rng.choice((-10, -2, -1, 1, 2, 10))) if re.fullmatch(r"-?\d+", said) else f"not {said}"


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


def _read(path: Path) -> dict[tuple[str | None, str], tuple[str, str | None]]:
    """Responses, and what is thought before them if the row says so, by system message (None: any) and prompt."""
    rows: dict[tuple[str | None, str], tuple[str, str | None]] = {}
    number = 0
    try:
        with open(path, encoding="utf-8") as handle:
            for line in handle:
                number += 1
                row = json.loads(line)
                rows[row.get("system"), row["prompt"]] = row["response"], row.get("reasoning")
    except OSError as error:
        raise DataError(f"answer.file {path}: {error.strerror}; name a file of JSON lines") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"{path}:{number}: no JSON object with prompt and response; correct the line") from None
    return rows
