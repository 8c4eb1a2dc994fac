"""Logs of requests and responses, and the files of a batch: what was asked, and what a model answered."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from orca2.data.messages import as_messages, content, question, reply

Raw = Mapping[str, Any]
Read = tuple[Raw, Mapping[str, str]]
BOTH = 'give both files, tasks.options.path = ["requests.jsonl", "results.jsonl"]'
CUT = ("length", "max_tokens", "content_filter")


def is_exchange(raw: Raw) -> bool:
    if "response" not in raw or not {"request", "messages", "body"} & set(raw):
        return False
    asked = _object(raw["request"]) if "request" in raw else raw
    return isinstance(asked, Mapping) and _asked(asked) is not None


def exchange(raw: Raw) -> Read:
    asked: Any = _asked(_object(raw["request"]) if "request" in raw else raw)
    prompt = asked if isinstance(asked, str) else question(as_messages(asked))
    return {**raw, "prompt": prompt, "target": _answer(_object(raw["response"]))}, {}


def is_batch_request(raw: Raw) -> bool:
    return "custom_id" in raw and "body" in raw and "response" not in raw


def batch_request(raw: Raw) -> Read:
    body = _object(raw["body"])
    talk = as_messages(body.get("messages")) if isinstance(body, Mapping) else []
    try:
        return {**raw, "prompt": question(talk), "target": reply(talk)}, {}
    except ValueError as error:
        raise ValueError(f"a request of a batch: {error}; {BOTH}") from None


def is_batch_result(raw: Raw) -> bool:
    return "custom_id" in raw and "response" in raw and not is_exchange(raw)


def batch_result(raw: Raw) -> Read:
    raise ValueError(f"a result of a batch without what was asked; {BOTH}")


def _object(value: Any) -> Any:
    """What a cell of a table holds as JSON; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return value


def _asked(request: Raw) -> Any:
    """The messages or the text of a request, as each interface calls it; of a batch's, of its body."""
    body = _object(request.get("body", request))
    if not isinstance(body, Mapping):
        return None
    if system := body.get("system") or body.get("instructions"):
        return [{"role": "system", "content": system}, *_list(body.get("messages") or body.get("input"))]
    return body.get("messages") or body.get("input") or body.get("prompt")


def _list(asked: Any) -> list[Any]:
    return asked if isinstance(asked, list) else [{"role": "user", "content": asked}]


def _answer(response: Any) -> str:
    """The text of a response of a chat, a completion, the responses interface or Anthropic's; ValueError if none is."""
    if isinstance(response, str):
        return response
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
    return content({"role": "assistant", "content": parts})


def _output(items: Any) -> Any:
    """The parts of the one message among the items of the responses interface."""
    found = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    said = [item.get("content") for item in found if item.get("type") == "message"]
    return said[0] if len(said) == 1 else None


def _chosen(choices: Any) -> str:
    if not isinstance(choices, list) or len(choices) != 1 or not isinstance(choices[0], Mapping):
        raise ValueError("the response holds several answers, or none")
    choice = choices[0]
    if choice.get("finish_reason") in CUT:
        raise ValueError("the response was cut")
    if isinstance(choice.get("text"), str):
        return str(choice["text"])
    message = choice.get("message")
    if not isinstance(message, Mapping):
        raise ValueError("the response holds no text")
    return content({**message, "role": "assistant"})
