"""How requests are written: the body that goes over the wire, and what of it this server has to be spared."""

from collections.abc import Mapping, Sequence
from typing import Any

from orca2.core.thinking import Thinking
from orca2.core.types import Message, Request
from orca2.endpoints import json_codec
from orca2.endpoints.complaint import Complaint, refuses_system
from orca2.endpoints.thinking import ThinkingKeys
from orca2.errors import RecipeError
from orca2.plugins import suggest

OLD_LIMIT, NEW_LIMIT = "max_tokens", "max_completion_tokens"
SPARED = ("temperature", "seed")  # keys that a model may refuse by their name, and answers without


class RequestBodyWriter:
    """`tokens_key` is the name of the limit, `extra` goes into every request, `omit` names what does not; without
    `system_role` the first user turn begins with what is the system's. `thinking` are the keys of requests that say how
    much to think, `extra` going before these. Errors call these keys of `section`."""

    def __init__(
        self,
        model: str,
        tokens_key: str,
        omit: str | Sequence[str],
        extra: Mapping[str, Any] | None,
        system_role: bool,
        section: str,
        thinking: ThinkingKeys,
    ) -> None:
        self.model, self.tokens_key, self.extra = model, tokens_key, dict(extra or {})
        self.system_role, self.section = system_role, section
        self._thinking, self._asked = thinking, dict[bytes, Thinking]()
        self.omit = {omit} if isinstance(omit, str) else set(omit)
        self._learned = False  # whether there may be bodies of before a refusal, which are not sent any more
        if "messages" in self.extra:
            raise RecipeError(f"{section}.extra: messages are those of each request; leave them out")
        known = [*dict.fromkeys(["model", tokens_key, *SPARED, *self.extra])]
        for key in sorted(self.omit.difference(known)):  # else it would be sent under its true name all the same
            raise RecipeError(
                f"{section}.omit: no request has a key {key!r}{suggest(key, known)}; valid: {', '.join(known)}"
            )

    def body(self, request: Request) -> bytes:
        messages = request.messages if self.system_role else merged(request.messages)
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages if m.content],
            self.tokens_key: request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed + request.sample,
        }
        if request.thinking is not None:
            keys = self._thinking.keys(request.thinking, request.max_tokens)
            self._asked.setdefault(json_codec.encode(keys)[1:-1], request.thinking)
            if self._thinking.new_limit and OLD_LIMIT in body:
                body[NEW_LIMIT] = body.pop(OLD_LIMIT)
            body |= keys
        if self.omit or self.extra:
            body = {name: value for name, value in _joined(body, self.extra).items() if name not in self.omit}
        return json_codec.encode(body)

    def thinking_of(self, body: bytes) -> Thinking | None:
        """What a body that was written here asks of thinking: its keys stand in no text, where quotes are escaped."""
        return next((thinking for keys, thinking in self._asked.items() if keys in body), None)

    def adapt(self, refused: Complaint, sent: bytes) -> str:
        """What this refusal of the body `sent` changes in those to come, with the key that says so from the start;
        empty where it is about something else."""
        key, system = refused.key, refuses_system(refused)
        if not system and key not in SPARED:
            return ""
        body = json_codec.decode(sent)
        if system and _has_system(body):
            self._learned, self.system_role = True, False
            return f"no system message; its text begins the first user turn ({self.section}.system_role = false)"
        if key in SPARED and key in body:
            self._learned = True
            self.omit.add(key)
            return f'no {key}; it is left out ({self.section}.omit = ["{key}"])'
        return ""

    def outdated(self, body: bytes) -> bool:
        """Whether a body was written before a refusal that it would meet as well."""
        if not self._learned:
            return False
        written = json_codec.decode(body)
        return not self.omit.isdisjoint(written) or (not self.system_role and _has_system(written))


def _joined(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """A body with further keys; a table in both is one of both."""
    tables = {
        name: {**body[name], **value}
        for name, value in extra.items()
        if isinstance(value, Mapping) and isinstance(body.get(name), Mapping)
    }
    return {**body, **extra, **tables}


def _has_system(body: Mapping[str, Any]) -> bool:
    return any(message["role"] == "system" for message in body["messages"])


def merged(messages: Sequence[Message]) -> list[Message]:
    """The same conversation without a system role: its text stands at the head of the first user turn."""
    said = [message.content for message in messages if message.role == "system" and message.content]
    rest = [message for message in messages if message.role != "system"]
    first = next((index for index, message in enumerate(rest) if message.role == "user"), None)
    if not said:
        return rest
    if first is None:
        return [Message("user", "\n\n".join(said)), *rest]
    rest[first] = Message("user", "\n\n".join([*said, rest[first].content]))
    return rest
