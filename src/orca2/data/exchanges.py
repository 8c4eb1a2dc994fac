"""Logs of requests and responses, and the files of a batch: what was asked, and what a model answered."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from orca2.core.types import Message
from orca2.data.conversations import Reading, reading
from orca2.data.messages import NO_ANSWER, Asked, Wanted, as_messages, last_asked, said, system_text, with_system
from orca2.data.not_text import NotTextError, named_part, refuse_beside

Raw = Mapping[str, Any]
BOTH = 'give both files, tasks.options.path = ["requests.jsonl", "results.jsonl"]'
CUT = ("length", "max_tokens", "content_filter")
ITEMS = ("message", "reasoning")  # of the responses interface, that say all of what was answered


def is_exchange(raw: Raw) -> bool:
    if "response" not in raw or not {"request", "messages", "body"} & set(raw):
        return False
    asked = _object(raw["request"]) if "request" in raw else raw
    return isinstance(asked, Mapping) and _held(asked) is not None


def exchange(raw: Raw, wanted: Wanted) -> list[Reading]:
    """What was asked and answered, one task: answers among what was asked have rows of their own, or are examples."""
    asked = _asked(_object(raw["request"]) if "request" in raw else raw)
    if asked.answer is not None:
        raise ValueError("the request ends with a message of the assistant, which the response goes on with")
    answer = _answer(_object(raw["response"]))
    return [reading(replace(asked, answer=answer.content, thought=answer.reasoning))]


def is_batch_request(raw: Raw) -> bool:
    return "custom_id" in raw and "body" in raw and "response" not in raw


def batch_request(raw: Raw, wanted: Wanted) -> list[Reading]:
    body = _object(raw["body"])
    try:
        if not isinstance(body, Mapping):
            raise ValueError("no message of the user")
        asked = _asked(body)
        if asked.answer is None and "target" not in raw and not wanted.without_target:
            raise ValueError(NO_ANSWER)
    except NotTextError as error:
        raise NotTextError(f"a request of a batch: {error}") from None
    except ValueError as error:
        raise ValueError(f"a request of a batch: {error}; {BOTH}") from None
    return [reading(replace(asked, answer=None) if "target" in raw else asked)]


def is_batch_result(raw: Raw) -> bool:
    return "custom_id" in raw and "response" in raw and not is_exchange(raw)


def batch_result(raw: Raw, wanted: Wanted) -> list[Reading]:
    raise ValueError(f"a result of a batch without what was asked; {BOTH}")


def _object(value: Any) -> Any:
    """What a cell of a table holds as JSON; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return value


def _asked(request: Raw) -> Asked:
    """What a request asks, as each interface calls it; of a batch's, its body."""
    body = _object(request.get("body", request))
    refuse_beside(body, "the request's")
    held = _held(request)
    if isinstance(held, str):
        held = [{"role": "user", "content": held}]
    system = system_text(body.get("system")) or system_text(body.get("instructions"))
    return last_asked(with_system(as_messages(held), system))


def _held(request: Raw) -> Any:
    """The messages or the text of a request."""
    body = _object(request.get("body", request))
    return (body.get("messages") or body.get("input") or body.get("prompt")) if isinstance(body, Mapping) else None


def _answer(response: Any) -> Message:
    """The text of a response of a chat, a completion, the responses interface or Anthropic's; ValueError if none is."""
    if isinstance(response, str):
        return said({"role": "assistant", "content": response})
    if isinstance(response, Mapping) and response.get("error"):
        raise ValueError("the response is an error")
    if isinstance(response, Mapping) and "body" in response:
        if response.get("status_code", 200) != 200:
            raise ValueError("the response is an error")
        return _answer(_object(response["body"]))
    if not isinstance(response, Mapping):
        raise ValueError("the response holds no text")
    if response.get("stop_reason") in CUT or response.get("status") == "incomplete":
        raise ValueError("the response was cut")
    if choices := response.get("choices"):
        return _chosen(choices)
    parts = response.get("content") or _output(response.get("output"))
    if not parts:
        raise ValueError("the response holds no text")
    return said({"role": "assistant", "content": parts})


def _output(items: Any) -> Any:
    """The parts of the one message among the items of the responses interface."""
    found = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    if other := [kind for item in found if (kind := str(item.get("type") or "")) and kind not in ITEMS]:
        raise NotTextError(f"the response holds more than text: {named_part(other[0])}")
    said = [item.get("content") for item in found if item.get("type") == "message"]
    return said[0] if len(said) == 1 else None


def _chosen(choices: Any) -> Message:
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], Mapping):
        raise ValueError("the response holds several answers, or none")
    choice = choices[0]
    if choice.get("finish_reason") in CUT:
        raise ValueError("the response was cut")
    if isinstance(choice.get("text"), str):
        return said({"role": "assistant", "content": choice["text"]})
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise ValueError("the response holds no text")
    return said({**message, "role": "assistant"})
