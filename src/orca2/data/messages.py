"""Conversations in a row: what their messages say, the tasks that their turns are, and what no task has a place for."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from orca2.core.types import Message
from orca2.data.not_text import NotTextError, named_part, refuse_more_than_text
from orca2.reading.message import thought_of, without_thoughts_in
from orca2.reading.thoughts import split_thoughts

COLUMNS = ("messages", "conversations")  # where rows keep them that have no prompt and no target
SYSTEMS = ("system", "system_prompt")  # columns of a row's own system message
ROLES = {
    "human": "user", "gpt": "assistant", "chatgpt": "assistant", "bot": "assistant", "model": "assistant",
    "developer": "system",
}  # fmt: skip
_LIST = re.compile(r"\s*\[\{['\"](role|from|content|value)['\"]\s*:")  # how a list of messages begins as text
_SAID_BY = re.compile(r"['\"](role|from)['\"]\s*:\s*['\"](system|user|assistant|human|gpt)['\"]")
WRITTEN_OUT = "messages written out as text; save the table as JSON lines or Parquet"
CUT = "an answer that was cut while thinking"
NO_ANSWER = "the last message is not the assistant's, so there is no answer"
Messages = Sequence[Mapping[str, Any]]
Turns = Literal["each", "last"]  # which answers of a conversation are tasks


class Wanted(NamedTuple):
    """Which turns of a conversation are tasks, and whether a last question is one `without_target` too."""

    turns: Turns = "each"
    without_target: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a conversation: the system message and the turns before it, and its answer, if it has one, with
    what was thought before that. Earlier turns have no thoughts: chat templates leave them out."""

    system: str
    history: tuple[Message, ...]
    question: str
    answer: str | None = None
    thought: str = ""


def are_messages(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) and _role(item) for item in value)


def is_written_out(value: Any) -> bool:
    """Whether a text is a list of messages as a program writes it to a CSV, and nobody asks or answers it."""
    return isinstance(value, str) and bool(_LIST.match(value) and _SAID_BY.search(value))


def as_messages(value: Any) -> Messages:
    """The messages that a value is, or that a cell of a table holds as JSON; ValueError if there are none."""
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if is_written_out(value):
        raise ValueError(WRITTEN_OUT)
    if are_messages(value):
        return value  # type: ignore[no-any-return]
    if isinstance(value, list):
        for item in value:  # what interfaces put between messages: calls of tools and their results
            if isinstance(item, Mapping) and not _role(item) and isinstance(item.get("type"), str):
                raise NotTextError(f"among the messages {named_part(item['type'])}, which a task has no place for")
    raise ValueError("no list of messages, each with a role and a content")


def tasks_of(messages: Messages, wanted: Wanted) -> list[Asked]:
    """The questions that the assistant answers: each, or the last. ValueError if the last message is no answer, unless
    that is not needed.

    An answer of `weight` 0, as files for fine-tuning have them, is no task and stands before later ones only.
    """
    talk = conversation(messages)
    is_open = talk[-1].role != "assistant"
    if is_open and not wanted.without_target:
        raise ValueError(NO_ANSWER)
    answers = [message for message in messages if _role(message) == "assistant"]
    places = [place for place, message in enumerate(talk) if message.role == "assistant"]
    learned = [place for place, answer in zip(places, answers, strict=True) if answer.get("weight") != 0]
    learned += [len(talk)] if is_open else []
    if not learned:
        raise ValueError("no answer is to be learned: each has weight 0")
    return [_asked(talk, place) for place in (learned if wanted.turns == "each" else learned[-1:])]


def last_asked(messages: Messages) -> Asked:
    """The user's last question, with its answer if one follows."""
    talk = conversation(messages)
    return _asked(talk, len(talk) - (talk[-1].role == "assistant"))


def reply(messages: Messages) -> str:
    """The last message, which is the assistant's, without its thoughts; ValueError if it is not."""
    if _role(messages[-1]) != "assistant":
        raise ValueError(NO_ANSWER)
    return said(messages[-1]).content


def said(message: Mapping[str, Any]) -> Message:
    """What an assistant's message says, and what it thought before: in a field of its own, in parts of the content, or
    in the text. ValueError if it is more than text, or nothing but a thought that was cut."""
    text, thought = content(without_thoughts_in(message)), thought_of(message)
    if (split := split_thoughts(text)) is not None:
        if split.cut:
            raise ValueError(CUT)
        text, thought = split.answer, thought or split.thought
    return Message("assistant", text.strip(), thought)


def _asked(talk: Sequence[Message], place: int) -> Asked:
    """The question before a place, and what stands at that place."""
    system = talk[0].content if talk[0].role == "system" else ""
    history = tuple(replace(message, reasoning="") for message in talk[1 if system else 0 : place - 1])
    question = talk[place - 1].content
    if place >= len(talk):
        return Asked(system, history, question)
    return Asked(system, history, question, talk[place].content, talk[place].reasoning)


def conversation(messages: Messages) -> list[Message]:
    """A system message, if it says anything, then questions and answers in turn; ValueError names what is no such."""
    roles = [_role(message) for message in messages]
    if other := sorted(set(roles) - {"system", "user", "assistant"}):
        kind = NotTextError if other[0] in _SPOKEN_BY else ValueError
        raise kind(f"a message of the {other[0]}{_SPOKEN_BY.get(other[0], '')}")
    turns = [
        said(message) if role == "assistant" else Message(role, content(message).strip())  # type: ignore[arg-type]
        for role, message in zip(roles, messages, strict=True)
    ]
    for turn in turns:
        if not turn.content and turn.role != "system":
            raise ValueError(f"an empty message of the {turn.role}")
    if roles.count("system") > 1:
        raise ValueError("two system messages")
    if "system" in roles[1:]:
        raise ValueError("a system message after the first")
    spoken = roles[roles.count("system") :]
    if not spoken or spoken[0] != "user":
        raise ValueError("an answer before any question" if spoken else "no message of the user")
    if same := [first for first, second in pairwise(spoken) if first == second]:
        raise ValueError(f"two messages of the {same[0]} in a row")
    return [turn for turn in turns if turn.content]


_CALL, _RESULT = "; a call of a tool is no text", "; what a tool gave is no turn of a conversation"
_SPOKEN_BY = {
    "tool": _RESULT, "function": _RESULT, "observation": _RESULT, "ipython": _RESULT, "tool_response": _RESULT,
    "function_call": _CALL, "tool_call": _CALL,
}  # fmt: skip


def with_system(messages: Iterable[Mapping[str, Any]], system: str) -> list[Mapping[str, Any]]:
    """Messages with the system message that stands beside them; where both say the same it is one."""
    talk = list(messages)
    if not system or (talk and _role(talk[0]) == "system" and content(talk[0]).strip() == system):
        return talk
    return [{"role": "system", "content": system}, *talk]


def own_system(row: Mapping[str, Any]) -> str:
    """The system message that a row has in a column of its own; empty if there is none."""
    return next(filter(None, (system_text(row.get(name)) for name in SYSTEMS)), "")


def system_text(value: Any) -> str:
    """The system message that a value is, a text or a list of parts; empty where it is none. ValueError for parts that
    are more than text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and value and all(isinstance(part, Mapping) for part in value):
        return content({"role": "system", "content": value}).strip()
    return ""


def questions(messages: Messages) -> list[str]:
    """What the user says, message by message; ValueError if one of them is more than text."""
    return [content(message) for message in messages if _role(message) == "user"]


def content(message: Mapping[str, Any]) -> str:
    """The text of a message; ValueError if it is none, or more than text."""
    role = _role(message)
    refuse_more_than_text(message, role)
    held = message.get("content")
    held = message.get("value") if held is None else held
    if isinstance(held, list):
        parts = [part.get("text") if isinstance(part, Mapping) else None for part in held]
        held = "\n".join(parts) if all(isinstance(part, str) for part in parts) else None  # type: ignore[arg-type]
    if not isinstance(held, str):
        raise ValueError(f"a message of the {role} holds no text, or more than text")
    return held


def _role(message: Mapping[str, Any]) -> str:
    name = str(message.get("role") or message.get("from") or "").lower()
    return ROLES.get(name, name)
