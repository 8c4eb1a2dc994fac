"""Replies that think, as providers document them, one file each: asked for, parsed, priced, kept, by the client itself
over HTTP."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.types import Message, Request
from orca2.endpoints.prices import Price
from orca2.endpoints.thinking import ThinkingKeys
from orca2.models.openai import OpenAIModel, load
from tests.server import Raw, serve

FILES = sorted((Path(__file__).parent / "thinking").glob("*.json"))
CASES = [
    pytest.param(provider, reply, id=f"{file.stem}: {reply['what']}")
    for file in FILES
    for provider in [json.loads(file.read_text(encoding="utf-8"))]
    for reply in provider["replies"]
]
PRICES = {"in": 1.0, "out": 10.0}


def question(thinking: Any) -> Request:
    return Request((Message("system", "Answer."), Message("user", "What is 2+2?")), 512, thinking=thinking)


def raw(body: Any) -> Raw:
    events = isinstance(body, list)
    sent = "\n".join(body) if events else json.dumps(body)
    return Raw(200, sent.encode(), "text/event-stream" if events else "application/json")


def test_there_are_twelve_shapes_and_more() -> None:
    assert len(FILES) >= 12


@pytest.mark.parametrize(("provider", "reply"), CASES)
def test_each_provider_is_asked_as_its_address_and_model_tell(
    provider: dict[str, Any], reply: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    model = load(provider["model"], provider["url"])
    plain, body = (json.loads(model.serialize(question(thinking))) for thinking in (None, reply["thinking"]))
    assert {name: value for name, value in body.items() if plain.get(name) != value} == reply["asked"]


@pytest.mark.parametrize(("provider", "reply"), CASES)
def test_each_reply_is_parsed_priced_and_kept(provider: dict[str, Any], reply: dict[str, Any]) -> None:
    expected, asked, thinking = reply["expected"], reply["asked"], reply["thinking"]

    def model(url: str) -> OpenAIModel:
        return load(provider["model"], url, retries=0, thinking_as={str(thinking): asked}, prices=PRICES)

    with serve(lambda messages: raw(reply["body"])) as (url, received):
        client, again = ModelClient(model(url)), ModelClient(model(url))
        (found,) = ask(client, [question(thinking)], "")
        (kept,) = ask(again, [question(thinking)], "")
    assert len(received) == 1 and asked.items() <= received[0].items()
    assert (found.text, found.reasoning, found.finish_reason) == (
        expected["text"], expected["reasoning"], expected["finish_reason"]
    ) and found.error is None  # fmt: skip
    tokens_in, tokens_out, thought = expected["tokens"]
    assert (found.tokens_in, found.tokens_out, found.reasoning_tokens) == (tokens_in, tokens_out, thought)
    assert client.ledger.cost == Price(1.0, 10.0).of(tokens_in, tokens_out)
    assert (client.ledger.tokens_out, client.ledger.tokens_thought) == (tokens_out, thought)
    assert kept == found and (again.ledger.cached, again.ledger.cost, again.ledger.tokens_thought) == (1, 0.0, 0)
    client.ledger.check()


def test_a_form_by_name_is_the_one_that_is_sent() -> None:
    keys = ThinkingKeys("http://localhost:8000/v1", "m", "reasoning", False, "teacher.options")
    assert keys.keys("low", 512) == {"reasoning": {"effort": "low"}}
