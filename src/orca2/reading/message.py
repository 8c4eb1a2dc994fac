"""What the message of a reply says and what it thinks, in the fields and parts that servers put these into."""

from collections.abc import Mapping, Sequence
from typing import Any

from orca2.reading.thoughts import unmarked

TEXTS = ("text", "output_text")  # types of parts that speak to the reader
# fields of a message with thoughts, of which many servers fill several with the same: vLLM from 0.11, OpenRouter,
# Ollama and Groq; vLLM before, SGLang, llama.cpp, DeepSeek and xAI; OpenRouter's and LiteLLM's lists
FIELDS = ("reasoning", "reasoning_content", "reasoning_details", "thinking_blocks", "thinking")
INNER = ("text", "thinking", "summary", "reasoning", "content", "value")  # where a part of these holds its text


def text_of(content: Any) -> str:
    """The text of a content; of one in parts, of those that are text and no thoughts. ValueError if it is neither."""
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        raise ValueError(f"its content is of type {type(content).__name__}")
    texts = []
    for part in content:
        if isinstance(part, dict) and (part.get("type", "text") not in TEXTS or part.get("thought")):
            continue
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, dict):  # as assistants' messages have it
            text = text.get("value")
        if text is None and isinstance(part, dict) and "text" in part:
            continue
        if not isinstance(text, str):
            raise ValueError("a part of its content holds no text")
        texts.append(text)
    return "".join(texts)


def thought_of(message: Mapping[str, Any]) -> str:
    """What a message shows of its thoughts, in a field of its own or in parts of its content; empty if nothing is."""
    field = next((text for name in FIELDS if (text := _blocks(message.get(name)))), "")
    content = message.get("content")
    parts = content if isinstance(content, list) else [content]
    thoughts = [part for part in parts if isinstance(part, dict) and _thinks(part)]
    return "\n\n".join(dict.fromkeys(filter(None, (field, _blocks(thoughts)))))


def without_thoughts_in(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message whose content has no parts that are thoughts."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    return {**message, "content": [part for part in content if not (isinstance(part, Mapping) and _thinks(part))]}


def add(message: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add a piece of a stream to what has come: texts and lists grow, anything else is what was said last."""
    if _marked_thought(delta):
        delta = {"reasoning": delta.get("content")}
    for name, value in delta.items():
        before = message.get(name)
        if name == "content" and {type(before), type(value)} == {
            str,
            list,
        }:  # Mistral's thoughts are parts, its text is not
            before, value = ([_part(one)] if isinstance(one, str) else one for one in (before, value))
        if isinstance(before, str) and isinstance(value, str) and name != "role":
            message[name] = before + value
        elif isinstance(before, list) and isinstance(value, list):
            message[name] = _grown(before, value)
        elif value is not None:
            message[name] = value


def _thinks(part: Mapping[str, Any]) -> bool:
    """Whether a part of a content is a thought: `thinking`, `reasoning`, or one that Google marks as such."""
    return bool(part.get("thought")) or str(part.get("type", "")).startswith(("thinking", "reasoning"))


def _blocks(value: Any) -> str:
    """The text of a field of thoughts: a text, a part, or a list of parts, each of which is a paragraph."""
    parts = value if isinstance(value, list) else [value]
    return "\n\n".join(filter(None, (unmarked(_inner(part)) for part in parts)))


def _inner(part: Any) -> str:
    """The text in a part of a thought, which may hold parts again; none of one that is encrypted."""
    if isinstance(part, str):
        return part
    if isinstance(part, list):
        return "".join(map(_inner, part))
    if isinstance(part, Mapping):
        return next((text for name in INNER if (text := _inner(part.get(name)))), "")
    return ""


def _marked_thought(delta: Mapping[str, Any]) -> bool:
    """Whether the content of a piece is a thought, as Google's OpenAI interface says beside it."""
    extra = delta.get("extra_content")
    google = extra.get("google") if isinstance(extra, Mapping) else None
    return isinstance(google, Mapping) and google.get("thought") is True and isinstance(delta.get("content"), str)


def _part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _grown(before: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    """A list with the pieces of another: one of the same kind as the last goes on with it."""
    parts = list(before)
    for part in more:
        last = parts[-1] if parts else None
        if (
            isinstance(last, dict)
            and isinstance(part, dict)
            and all(last.get(key) == part.get(key) for key in ("type", "index"))
        ):
            joined = dict(last)
            for name, value in part.items():
                grows = (
                    type(value) is type(joined.get(name))
                    and isinstance(value, str | list)
                    and name not in ("type", "id", "format")
                )
                joined[name] = joined[name] + value if grows else value
            parts[-1] = joined
        else:
            parts.append(part)
    return parts
