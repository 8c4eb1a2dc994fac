"""What the cache keeps: whole answers only; what an earlier release kept beside them is asked again."""

import asyncio
import json
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.keys import request_key, serialize
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import OpenAIModel, load
from orca2.models.scripted import Scripted
from tests.server import Raw, completion, serve

QUESTION = Request((Message("system", "S"), Message("user", "q")), 9)
WHOLE = completion("fine")
FAILED: dict[str, Any] = {
    "an error in the choice": {"choices": [{"message": {"content": ""}, "error": {"code": 502, "message": "away"}}]},
    "an error at the top": {"error": {"message": "later", "code": 429}},
    "an error beside null choices": {"choices": None, "error": {"message": "later"}},
    "an error beside an empty answer": {**completion(None), "error": {"message": "later", "code": 502}},
    "a reason that is an error": completion("", "error"),
    "half of an answer, and an error": completion("The ans", "error"),
    "a filtered answer": completion("", "content_filter"),
    "a call of a tool": completion(None, "tool_calls"),
    "an end that nobody knows": completion("text", "never heard of"),
    "neither text nor reason": completion(None, ""),
    "no choices": {"choices": []},
    "no text": {"choices": [{"message": {"content": 4}, "finish_reason": "stop"}]},
    "half a reply": b'{"choices": [{"mess',
    "half a stream": b'data: {"choices": [{"delta": {"content": "The"}}]}\n\n',
    "a page": b"<html>Bad gateway</html>",
    "nothing": b"",
    "a status": 404,
}


def rows() -> list[bytes]:
    return [row[0] for row in Cache().rows("SELECT raw FROM answers")]


def old(model: OpenAIModel | Scripted, request: Request, raw: bytes) -> None:
    """Keep a reply as an earlier release did: whatever it was."""

    async def put(cache: Cache) -> None:
        body = serialize(model if isinstance(model, OpenAIModel) else None, request)
        await cache.put(request_key(model.name, request, body), model.name, body, raw)

    cache = Cache()
    asyncio.run(put(cache))
    cache.close()


@pytest.mark.parametrize("reply", [pytest.param(reply, id=what) for what, reply in FAILED.items()])
def test_a_failure_is_not_kept_and_is_asked_again(reply: Any) -> None:
    replies = [reply, WHOLE]
    with serve(lambda messages: replies[0]) as (url, received):
        first = ModelClient(load("m", url, retries=0))
        assert ask(first, [QUESTION, QUESTION], "")[0].error and first.ledger.failures == 2
        first.ledger.check()
        assert rows() == [] and len(received) <= 2
        replies.pop(0)
        paid = len(received)
        assert (
            ask(ModelClient(load("m", url, retries=0)), [QUESTION], "")[0].text == "fine" and len(received) == paid + 1
        )
        assert rows() == [json.dumps(WHOLE).encode()]
        assert (
            ask(ModelClient(load("m", url, retries=0)), [QUESTION], "")[0].text == "fine" and len(received) == paid + 1
        )


@pytest.mark.parametrize("reply", [pytest.param(reply, id=what) for what, reply in FAILED.items() if reply != 404])
def test_a_failure_that_an_earlier_release_kept_is_asked_again_and_replaced(reply: Any) -> None:
    with serve(lambda messages: WHOLE) as (url, received):
        model = load("m", url)
        old(model, QUESTION, reply if isinstance(reply, bytes) else json.dumps(reply).encode())
        client = ModelClient(model)
        assert client.look_up(QUESTION).completion is None  # nor is it counted as known before anything is asked
        assert ask(client, [QUESTION], "")[0].text == "fine" and client.ledger.cached == 0 and len(received) == 1
        assert rows() == [json.dumps(WHOLE).encode()]


@pytest.mark.parametrize("reason", ["eos", "end_turn", "MAX_TOKENS"])
def test_a_paid_answer_that_an_earlier_release_could_not_read_is_read_now(reason: str) -> None:
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "fine"}]
    with serve(lambda messages: WHOLE) as (url, received):
        model = load("m", url)
        held = completion("", reason)
        held["choices"][0]["message"]["content"] = parts
        old(model, QUESTION, json.dumps(held).encode())
        client = ModelClient(model)
        assert ask(client, [QUESTION], "")[0].text == "fine" and client.ledger.cached == 1 and not received


def test_a_stream_is_kept_as_it_came_and_read_again() -> None:
    raw = b'data: {"choices": [{"delta": {"content": "fine"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    with serve(lambda messages: Raw(200, raw, "text/event-stream")) as (url, received):
        first = ask(ModelClient(load("m", url)), [QUESTION], "")
        assert rows() == [raw] and ask(ModelClient(load("m", url)), [QUESTION], "") == first and len(received) == 1


@pytest.mark.parametrize(
    "kept",
    [
        {"text": "", "finish_reason": "error", "tokens_in": 1, "tokens_out": 1, "error": "the lights are off"},
        {"text": "x", "finish_reason": "error", "tokens_in": 1, "tokens_out": 1, "error": None},
        {"text": 4},
        [],
    ],
)
def test_a_model_without_a_wire_keeps_no_failure_either(kept: Any) -> None:
    model = Scripted({"down": "!the lights are off"}, "fine")
    ask(ModelClient(model), [Request((Message("user", "down"),), 9)], "")
    assert rows() == []
    old(model, QUESTION, json.dumps(kept).encode())
    client = ModelClient(model)
    assert ask(client, [QUESTION], "")[0].text == "fine" and (client.ledger.asked, client.ledger.cached) == (1, 0)


def test_a_plug_in_that_fails_without_a_reason_is_not_kept() -> None:
    class Silent(Scripted):
        async def generate(self, requests: Any) -> Any:
            for index, _ in enumerate(requests):
                yield index, Completion("", "error")

    ask(ModelClient(Silent({})), [QUESTION], "")
    assert rows() == []
