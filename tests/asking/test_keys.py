"""The keys of kept answers: what was kept before thinking could be asked for is found, and read with its thoughts."""

import asyncio
import json
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.keys import parse_cached, request_key, serialize
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import load
from orca2.models.openai_batch import load as load_batch
from orca2.models.scripted import Scripted

LOCAL, LIVE = "http://localhost:8000/v1", "https://api.openai.com/v1"
MESSAGES = Message("system", "Be brief."), Message("user", "What is 2+2?")


def question(thinking: Any = None) -> Request:
    return Request(MESSAGES, 64, temperature=0.5, seed=3, sample=1, thinking=thinking)


@pytest.mark.parametrize(
    ("url", "options", "key"),
    [
        (LOCAL, {}, "1f5a5eb1f253533434af7f4eac07824008434b1af7973b0ced64b25edb36a85d"),
        (LIVE, {}, "7ac3cdf306ee0af96fd55100cdaae158ae3fe07db5b672aec0417a798d20c94d"),
        (LOCAL, {"omit": ["seed"], "extra": {"top_p": 0.9}},
         "1f5a5eb1f2535334127d9258c0e25d4c822ff279850463bcf9630db94b0c63e5"),
    ],
)  # fmt: skip
def test_a_request_that_asks_nothing_of_thinking_has_the_key_that_it_had(
    url: str, options: dict[str, Any], key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    model = load("gpt-5-mini", url, **options)
    assert request_key(model.name, question(), model.serialize(question())).hex() == key
    named = load("gpt-5-mini", url, thinking_as="reasoning", **options)  # no request says anything of it
    assert request_key(named.name, question(), named.serialize(question())).hex() == key


def test_so_has_one_of_a_batch_and_of_a_model_without_a_wire() -> None:
    body, batch = serialize(None, question()), load_batch("gpt-5-mini", LOCAL, extra={"top_p": 0.9})
    assert batch.name == f"{LOCAL} gpt-5-mini batch 6c202629abb0"
    key = "51d54a70d104ab78296e0c13d2edbd942d75ebec071d804fda3774035b18fce8"
    assert request_key(batch.name, question(), body).hex() == key
    assert request_key("solver x", question(), body).hex() == (
        "3ef1e24722b96d07255b49a38d3b478becd681fdeeefe146136d8aaedc5258d7"
    )


def test_whatever_is_asked_of_thinking_is_part_of_the_key() -> None:
    asked = (None, "off", "low", "medium", "high", 64, 65)
    model = load("m", LOCAL)
    for http_model in (model, None):
        bodies = [serialize(http_model, question(thinking)) for thinking in asked]
        assert len({request_key("m", question(), body) for body in bodies}) == len(asked)
    names = {load_batch("m", LOCAL, thinking_as=form).name for form in ("", "reasoning", "reasoning_effort")}
    assert len(names) == 3


def test_a_completion_that_was_kept_before_is_read() -> None:
    raw = b'{"text": "4", "finish_reason": "stop", "tokens_in": 7, "tokens_out": 3, "error": null}'
    assert parse_cached(None, raw, b"") == Completion("4", "stop", 7, 3)

    async def put(cache: Cache) -> None:
        model = Scripted({})
        await cache.put(request_key(model.name, question(), serialize(None, question())), model.name, b"", raw)

    cache = Cache()
    asyncio.run(put(cache))
    cache.close()
    client = ModelClient(Scripted({"What is 2+2?": "asked anew"}))
    assert ask(client, [question()], "")[0].text == "4" and client.ledger.cached == 1


def test_a_reply_that_was_kept_before_is_read_with_the_thought_that_it_always_had() -> None:
    message = {"role": "assistant", "content": "4", "reasoning_content": "2 + 2"}
    raw = json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()
    model = load("m", LOCAL)
    found = parse_cached(model, raw, model.serialize(question()))
    assert found is not None and (found.text, found.reasoning) == ("4", "2 + 2")
