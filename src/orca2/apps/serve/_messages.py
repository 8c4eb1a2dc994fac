"""The messages of a chat request as plain text: parts are joined, and what is no text is refused by its name."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict

from orca2.apps.serve import _fields as fields
from orca2.apps.serve._errors import Refused
from orca2.core.types import Message

Role = Literal["system", "developer", "user", "assistant"]
TEXTS = ("text", "refusal")  # types of parts that are text, in a field of the same name


class Turn(BaseModel):
    """One message. `developer` is a later name for `system`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    role: Role
    content: str = ""
    reasoning: str = ""

    def message(self) -> Message:
        return Message("system" if self.role == "developer" else self.role, self.content, self.reasoning)


def turns(messages: Sequence[object], continues: bool) -> list[dict[str, Any]]:
    """The fields of `Turn` of each message.

    A message may be one of an earlier reply as OpenAI's client dumps it. If an answer `continues` the last one, that
    cannot have thoughts before it: they are no part of the prompt.
    """
    last = messages[-1] if messages else None
    if continues and isinstance(last, dict) and (thoughts := [name for name in fields.REASONING if last.get(name)]):
        place = f"messages.{len(messages) - 1}.{thoughts[0]}"
        raise _unsupported(place, "is not supported in a message that is gone on with; leave it out")
    return [_turn(message, f"messages.{index}") for index, message in enumerate(messages)]


def _turn(message: object, place: str) -> dict[str, Any]:
    if not isinstance(message, dict):
        raise _invalid(place, "give an object with role and content")
    role = message.get("role")
    if isinstance(role, str) and role not in get_args(Role):
        raise _unsupported(f"{place}.role", f"{role[:40]!r} is not supported; roles are {', '.join(get_args(Role))}")
    known = ("role", "content", "refusal", *fields.THOUGHTS)
    kept = fields.answered(message, known, fields.IGNORED_OF_MESSAGES, fields.NEUTRAL_OF_MESSAGES, f"{place}.")
    content, refusal = kept.get("content", ""), kept.pop("refusal", "")
    thoughts = [kept.pop(name, "") for name in fields.THOUGHTS]  # servers send the same one under several names
    thought = next((text for text in thoughts if isinstance(text, str) and text), "") if role == "assistant" else ""
    if isinstance(content, list):
        content = "\n".join(_part(part, f"{place}.content.{index}") for index, part in enumerate(content))
    elif not isinstance(content, str):
        raise _invalid(f"{place}.content", "give a text, or a list of parts of text")
    if refusal:  # an assistant that declined: what it said instead
        content = "\n".join(text for text in (content, _text(refusal, f"{place}.refusal")) if text)
    return {**kept, "content": content, "reasoning": thought}


def _part(part: object, place: str) -> str:
    if not isinstance(part, dict):
        raise _invalid(place, 'give an object, as {"type": "text", "text": ...}')
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in TEXTS:
        name = kind[:40] if isinstance(kind, str) else "a part without a type"
        raise _unsupported(f"{place}.type", f"{name} is not supported; only parts of text are")
    kept = fields.answered(part, ("type", kind), fields.IGNORED_OF_PARTS, {}, f"{place}.")
    return _text(kept.get(kind), f"{place}.{kind}")


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise _invalid(place, "give a text")
    return value


def _unsupported(place: str, why: str) -> Refused:
    return Refused(400, f"{place}: {why}", code="unsupported_value", param=place.split(".")[0])


def _invalid(place: str, why: str) -> Refused:
    return Refused(400, f"{place}: {why}", code="invalid_value", param=place.split(".")[0])
