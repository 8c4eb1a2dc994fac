"""What differs between servers that speak OpenAI's API: Azure, new names of options, and how they ask to wait."""

import time
from email.utils import formatdate
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.types import Message, Request
from orca2.endpoints.prices import Price
from orca2.models.openai import _seconds, load
from tests.server import Refusal, completion, serve

QUESTION = [Request((Message("system", ""), Message("user", "q")), 9)]


def test_azure_has_its_version_in_the_address_and_its_key_in_a_header_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AZURE_KEY", "az-secret")
    with serve(lambda messages: "ok") as (url, received):
        base = url.removesuffix("/v1") + "/openai/deployments/mine"
        model = load("mine", base, key_env="AZURE_KEY", api_version="2024-10-21")
        assert ask(ModelClient(model), QUESTION, "")[0].text == "ok"
    (sent,) = received
    assert sent["path"] == "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    assert (sent["api_key"], sent["authorization"]) == ("az-secret", None)
    assert sent["max_completion_tokens"] == 9 and "max_tokens" not in sent
    assert sent["messages"] == [{"role": "user", "content": "q"}]  # an empty system message is none


def test_a_server_that_wants_the_new_name_for_the_limit_gets_it() -> None:
    received: list[dict[str, Any]] = []

    def answer(messages: list[dict[str, str]]) -> Any:
        if "max_tokens" in received[-1]:
            return Refusal(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        return "ok"

    with serve(answer) as (url, bodies):
        received = bodies
        client = ModelClient(load("m", url))
        assert ask(client, QUESTION, "")[0].text == "ok"
        assert [body.get("max_completion_tokens") for body in bodies] == [None, 9]
        assert (
            ask(ModelClient(load("m", url)), QUESTION, "")[0].text == "ok" and len(bodies) == 2
        )  # and is known by both


def test_what_the_user_adds_and_leaves_out() -> None:
    with serve(lambda messages: "ok") as (url, received):
        model = load("m", url, omit=["seed", "temperature"], extra={"top_p": 0.5})
        ask(ModelClient(model), QUESTION, "")
    assert received[0]["top_p"] == 0.5 and not {"seed", "temperature"} & set(received[0])


@pytest.mark.parametrize("told", ["seconds", "date"])
def test_no_request_comes_before_the_time_that_the_server_named(told: str) -> None:
    came: list[float] = []
    opens = 0.0

    def answer(messages: list[dict[str, str]]) -> Any:
        nonlocal opens
        came.append(time.time())
        if len(came) > 1:
            return "ok" if time.time() >= opens else Refusal(429, "early")
        opens = int(time.time()) + 2.0
        after = formatdate(opens, usegmt=True) if told == "date" else str(opens - time.time())
        return Refusal(429, "wait", {"Retry-After": after})

    with serve(answer) as (url, _):
        client = ModelClient(load("m", url, concurrency=1, retries=0 if told == "none" else 1))
        assert ask(client, QUESTION, "")[0].text == "ok"
    assert len(came) == 2 and client.ledger.retried == 1


def test_retry_after() -> None:
    assert (
        _seconds("1.5") == 1.5
        and _seconds(None) == _seconds("soon") == _seconds("-3") == _seconds("inf") == _seconds("nan") == 0.0
    )
    assert 25 < _seconds(formatdate(time.time() + 30, usegmt=True)) <= 30
    assert _seconds(formatdate(time.time() - 30, usegmt=True)) == 0.0


@pytest.mark.parametrize("body", [b'{"choices": [{"mess', {"choices": []}])
def test_a_reply_that_was_paid_and_cannot_be_read_counts_in_the_cost(body: Any) -> None:
    replies = [body, completion("fine")]
    with serve(lambda messages: replies.pop(0)) as (url, received):
        client = ModelClient(load("m", url, prices={"in": 1e6, "out": 1e6}))
        assert ask(client, QUESTION, "")[0].text == "fine"
    assert len(received) == 2
    whole = Price(1e6, 1e6).of(7, 3)
    assert client.ledger.cost > whole and client.budget.spent == client.ledger.cost
    assert client.ledger.tokens_in > 7 and client.ledger.asked == 1
    client.ledger.check()
