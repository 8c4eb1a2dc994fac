"""Tokens that a reply is paid by: as the server counts them; by length where it does not, or says what is no count."""

from collections.abc import Mapping
from typing import Any

from orca2.endpoints import json_codec
from orca2.reading.completion import thought_tokens

MOST = 10_000_000  # tokens; what claims more is no count of one reply
BYTES = 4  # of a token, about
UNREAD = ("role", "type", "id", "index", "format")  # of a message: marks, which no model has written


def counted(usage: Mapping[str, Any], said: Any, body: bytes) -> tuple[int, int]:
    """(in, out): of the request `body` and of what was `said`, a text or a message, thoughts among it."""
    asked = _count(usage, "prompt_tokens", "input_tokens")
    answered = _count(usage, "completion_tokens", "output_tokens")
    total = _count(usage, "total_tokens")
    if asked and total is not None:  # thoughts that stand in the total alone are paid too
        answered = max(answered or 0, total - asked)
    if answered and (beside := _thought(usage) or 0) > answered:  # as xAI counts them
        answered = min(answered + beside, MOST)
    if asked and (answered or (answered == 0 and not _length(said))):
        return asked, answered
    sent, most = _sent(body)
    return asked or _tokens(sent), answered or min(_tokens(_length(said)), most)


def counted_thought(usage: Mapping[str, Any], tokens_out: int, thought: str, answer: str) -> int:
    """How many of `tokens_out`, as `counted` gives them, are thoughts: as the server says, or else as the total lets
    see, or else by the share of the thought that is shown."""
    said = _thought(usage)
    if said or (said == 0 and not thought):
        return min(said, tokens_out)
    asked, spoken, total = (_count(usage, f"{name}_tokens") for name in ("prompt", "completion", "total"))
    if asked and spoken is not None and total is not None and spoken < total - asked == tokens_out:
        return tokens_out - spoken
    return thought_tokens(thought, answer, tokens_out)


def limit_of(body: bytes) -> int:
    """The most tokens that a request allows its answer."""
    return _sent(body)[1]


def _thought(usage: Mapping[str, Any]) -> int | None:
    """The count of thoughts, in a table of details or beside the other counts."""
    for name in ("completion_tokens_details", "output_tokens_details"):
        details = usage.get(name)
        if (
            isinstance(details, Mapping)
            and (count := _count(details, "reasoning_tokens", "thinking_tokens")) is not None
        ):
            return count
    return _count(usage, "reasoning_tokens", "thinking_tokens")


def _count(usage: Mapping[str, Any], *names: str) -> int | None:
    """The first of these entries that is a count; whole numbers are, in whichever type they come."""
    for name in names:
        value: Any = usage.get(name)
        if type(value) is int or _whole(value):
            count = int(value)
            if 0 <= count <= MOST:
                return count
    return None


def _whole(value: Any) -> bool:
    if isinstance(value, str):
        return value.isascii() and value.isdecimal() and len(value) < 20
    return isinstance(value, float) and value.is_integer()


def _sent(body: bytes) -> tuple[int, int]:
    """Bytes of text in a request, and the most tokens that it allows an answer."""
    try:
        sent = json_codec.decode(body)
        limits = [value for name, value in sent.items() if name.startswith("max_") and isinstance(value, int)]
        return _length(sent.get("messages")), max(limits, default=MOST)
    except (ValueError, AttributeError):
        return len(body), MOST


def _tokens(size: int) -> int:
    return -(-size // BYTES)


def _length(said: Any) -> int:
    """Bytes of all text in a value."""
    if isinstance(said, str):
        return len(said.encode("utf-8", "surrogatepass"))
    if isinstance(said, Mapping):
        return sum(_length(value) for name, value in said.items() if name not in UNREAD)
    return sum(map(_length, said)) if isinstance(said, list) else 0
