"""What servers document that they reply, one file each, read over HTTP by the client itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.client import ModelClient
from orca2.core.types import Message, Request
from orca2.models.openai import load
from tests.server import Raw, serve

FILES = sorted((Path(__file__).parent / "servers").glob("*.json"))
REPLIES = [
    pytest.param(reply, id=f"{file.stem}: {reply['what']}")
    for file in FILES
    for reply in json.loads(file.read_text(encoding="utf-8"))["replies"]
]
QUESTION = Request((Message("system", "Answer."), Message("user", "What is 2+2?")), 512)


def test_each_server_has_an_answer_and_an_error() -> None:
    assert len(FILES) >= 15
    for file in FILES:
        expected = [reply["expected"] for reply in json.loads(file.read_text(encoding="utf-8"))["replies"]]
        assert any("text" in one for one in expected) and any("error" in one for one in expected), file.stem


@pytest.mark.parametrize("reply", REPLIES)
def test_a_documented_reply_is_read(reply: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orca2.endpoints.load_balancer.BACKOFF", 0.001)
    body, expected = reply["body"], reply["expected"]
    events = isinstance(body, list) and isinstance(body[0], str)
    raw = "\n".join(body) if events else json.dumps(body)
    kind = "text/event-stream" if events else "application/json"
    with serve(lambda messages: Raw(reply["status"], raw.encode(), kind)) as (url, received):
        client = ModelClient(load("m", url, retries=1))
        (found,) = ask(client, [QUESTION], "")
        first = len(received)
        again = ModelClient(load("m", url, retries=1))
        ask(again, [QUESTION], "")
    client.ledger.check()
    if "text" in expected:
        assert (found.text, found.finish_reason, found.error) == (expected["text"], expected["finish_reason"], None)
        assert [found.tokens_in, found.tokens_out] == expected["tokens"]
        assert first == 1 and again.ledger.cached == 1
    else:
        assert found.text == "" and found.finish_reason == "error" and expected["error"] in str(found.error)
        assert first == 1 + expected["asked_again"] and len(received) == 2 * first and again.ledger.cached == 0


@pytest.mark.parametrize("reply", [one for one in REPLIES if "error" in one.values[0]["expected"]])
def test_without_retries_a_request_goes_out_once(reply: dict[str, Any]) -> None:
    with serve(lambda messages: Raw(reply["status"], json.dumps(reply["body"]).encode())) as (url, received):
        assert ask(ModelClient(load("m", url, retries=0)), [QUESTION], "")[0].error
        assert len(received) == 1
