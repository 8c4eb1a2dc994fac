"""What a reply of an OpenAI-compatible server says: whole or in events, an answer or an error, in whichever dialect."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from orca2.core.types import Completion
from orca2.endpoints import json_codec
from orca2.endpoints.complaint import Complaint, complaint
from orca2.endpoints.usage import counted, counted_thought, limit_of
from orca2.reading.message import add, text_of, thought_of
from orca2.reading.thoughts import split_thoughts

# how servers word that the model came to an end by itself, and that it was cut; in small letters
STOP = {
    "stop", "stopped", "stop_sequence", "stop_token", "eos", "eos_token", "end", "end_turn", "end_of_turn", "complete",
    "completed", "done", "finished",
}  # fmt: skip
LENGTH = {
    "length", "max_tokens", "max_length", "max_new_tokens", "max_output_tokens", "max_completion_tokens",
    "model_length", "token_limit", "context_length", "model_context_window_exceeded",
}  # fmt: skip
# what befell the server after it had begun; every other reason (a filter, a tool) is a decision and comes again
BROKEN = {
    "error", "abort", "aborted", "cancelled", "canceled", "timeout", "network_error", "insufficient_system_resource",
}  # fmt: skip
EVENT = re.compile(rb"\s*(data|event|id|retry)?:")
LINES = re.compile(rb"\r\n|\n|\r")
THINKS = re.compile(rb'"(?:enable_)?thinking":\s?true')  # of a request: the template opens a thought in the prompt
SHOWN = 200  # characters of a reply that cannot be read


class ChatReply(NamedTuple):
    """`spoiled` replies were paid and are of no use; a `complaint` is an error in place of an answer, and was not paid.

    `completion` holds the answer, or says why there is none, with the tokens that are paid for.
    """

    completion: Completion
    model: str | None = None
    spoiled: bool = False
    complaint: Complaint | None = None


def read_reply(raw: bytes, body: bytes) -> ChatReply:
    """Read what came as the answer to the request `body`; whatever it is, this raises nothing."""
    try:
        plain = raw.removeprefix(BOM_UTF8)
        reply = _events(plain) if EVENT.match(plain) else json_codec.decode(raw)
        if (said := complaint(reply)) is not None:
            return _refused(said, reply, body)
        return _answer(reply, body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = str(error) if isinstance(error, ValueError) else "it is of another shape"
        text = raw.decode(errors="replace")
        shown = " ".join(text[: 4 * SHOWN].split())[:SHOWN]
        return ChatReply(
            _failed(f"the reply is no chat completion ({why}): {shown}", counted({}, text, body)), None, True
        )


def _refused(said: Complaint, reply: Any, body: bytes) -> ChatReply:
    """An error in the place of an answer: paid if the server counts tokens all the same, or had begun to answer."""
    usage, choice = (_usage(reply), _first(reply)) if isinstance(reply, dict) else ({}, {})
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else None
    paid = bool(text) or any(isinstance(count, int) and count > 0 for count in usage.values())
    tokens = counted(usage, message, body) if paid else (0, 0)
    completion = _failed(f"HTTP 200 with error {said.status}: {said.words}", tokens)
    return ChatReply(completion, None, paid, None if paid else said)


def _answer(reply: Any, body: bytes) -> ChatReply:
    if not reply.get("choices"):
        raise ValueError("it holds no choices")
    choice = _first(reply)
    message = {"content": choice["text"]} if "text" in choice and "message" not in choice else choice["message"]
    usage, said = _usage(reply), choice.get("finish_reason")
    text, thought = _apart(message)
    reason = _reason(said, text)
    tokens = counted(usage, [text, thought], body)
    named = reply.get("model")
    model = named if isinstance(named, str) else None
    if not text and (refusal := _refusal(message)):
        return ChatReply(_failed(f"the model refuses: {refusal}", tokens), model)
    if reason == "error":
        why = f"finish reason {said!r}" if said else "neither text nor finish reason"
        return ChatReply(_failed(why, tokens), model, not said or str(said).casefold() in BROKEN)
    thoughts = counted_thought(usage, tokens[1], thought, text)
    if reason == "length" and not thoughts and THINKS.search(body):  # its mark is in the prompt, and the end never came
        text, thought, thoughts = "", text, tokens[1]
    if reason == "stop" and not text and thought and tokens[1] >= limit_of(body):
        reason = "length"
    return ChatReply(Completion(text, reason, *tokens, reasoning=thought, reasoning_tokens=thoughts), model)


def _apart(message: Mapping[str, Any]) -> tuple[str, str]:
    """The answer and the thought of a message, whose thought may stand in its text too."""
    text, thought = text_of(message.get("content")), thought_of(message)
    if (split := split_thoughts(text)) is None:
        return text.strip(), thought
    thoughts = dict.fromkeys(filter(None, (thought, split.thought)))
    return split.answer.strip(), "\n\n".join(thoughts)


def _failed(why: str, tokens: tuple[int, int]) -> Completion:
    return Completion("", "error", *tokens, error=why)


def _first(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The choice of a reply; an empty one where there is none."""
    choices = reply.get("choices")
    return choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}


def _refusal(message: Mapping[str, Any]) -> str:
    """What a message says in place of an answer, in a field of its own or as a part of its content."""
    content = message.get("content")
    parts = [part.get("refusal") for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    return "".join(text for text in (message.get("refusal"), *parts) if isinstance(text, str)).strip()


def _reason(said: Any, text: str) -> Literal["stop", "length", "error"]:
    if not said:
        return "stop" if text else "error"
    if isinstance(said, dict):  # as SGLang's own API has it
        said = said.get("type")
    word = str(said).casefold().removeprefix("finish_reason_")  # which names of Vertex AI begin with
    return "stop" if word in STOP else "length" if word in LENGTH else "error"


def _usage(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reply says of tokens, at its top or where some servers put it; nothing if that is no table."""
    if isinstance(usage := reply.get("usage"), dict):
        return usage
    for holder in (_first(reply), reply.get("x_groq")):
        if isinstance(holder, dict) and isinstance(usage := holder.get("usage"), dict):
            return usage
    return {}


def _events(raw: bytes) -> dict[str, Any]:
    """The reply that server-sent events come to. ValueError for a stream that breaks off before it says its end."""
    message: dict[str, Any] = {}
    whole: dict[str, Any] = {"choices": [], "usage": None}
    reason, ended = None, False
    for chunk in _chunks(raw):
        if chunk is None:
            ended = True
            continue
        if (said := complaint(chunk)) is not None:
            return {**whole, "error": {"code": said.status, "message": said.words}}
        whole |= {name: value for name, value in chunk.items() if name in ("model", "x_groq") and value}
        whole["usage"] = _usage(chunk) or whole["usage"]
        if choice := _first(chunk):
            add(message, choice.get("delta") or choice.get("message") or {})
            reason = choice.get("finish_reason") or reason
            whole["choices"] = [{"message": message, "finish_reason": reason}]
    if not ended and not reason:
        raise ValueError("the stream breaks off before its end")
    return whole


def _chunks(raw: bytes) -> Iterator[dict[str, Any] | None]:
    """The objects of a stream in turn, and None for the mark of its end."""
    begun = b""
    for line in LINES.split(raw):
        if not line.startswith(b"data:"):
            continue
        begun += line[5:].strip()
        if begun == b"[DONE]":
            begun = b""
            yield None
            continue
        try:
            chunk = json_codec.decode(begun)
        except ValueError:
            continue  # an object on several lines of data
        begun = b""
        if isinstance(chunk, dict):
            yield chunk
    if begun:
        raise ValueError("the stream breaks off in an event")
