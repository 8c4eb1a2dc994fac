"""How requests are written for servers that do not take all of them: no system role, no temperature, no seed."""

import asyncio
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request
from orca2.endpoints.request_body import merged
from orca2.errors import RecipeError
from orca2.models.openai import OpenAIModel, load
from tests.server import Raw, Refusal, serve


def questions(count: int) -> list[Request]:
    return [Request((Message("system", "Be brief."), Message("user", f"q{n}")), 9, seed=4) for n in range(count)]


def gemma(messages: list[dict[str, str]]) -> Any:
    return Refusal(400, "System role not supported") if messages[0]["role"] == "system" else messages[0]["content"]


def test_the_text_of_the_system_goes_to_the_head_of_the_first_user_turn() -> None:
    system, user, assistant = Message("system", "S"), Message("user", "q"), Message("assistant", "a")
    assert merged([system, user, assistant, user]) == [Message("user", "S\n\nq"), assistant, user]
    assert merged([system, Message("system", "T"), user]) == [Message("user", "S\n\nT\n\nq")]
    assert merged([assistant, user, system]) == [assistant, Message("user", "S\n\nq")]
    assert merged([system, assistant]) == [Message("user", "S"), assistant]
    assert merged([Message("system", ""), user]) == [user] and merged([user]) == [user]


def test_a_refused_system_role_is_merged_said_once_and_kept_under_what_was_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with serve(gemma) as (url, received):
        client = ModelClient(load("m", url, retries=0))
        found = ask(client, questions(20), "")
        assert [one.text for one in found] == [f"Be brief.\n\nq{n}" for n in range(20)]
        refused = [body for body in received if body["messages"][0]["role"] == "system"]
        assert 1 <= len(refused) <= 20 and len(received) == len(refused) + 20
        assert (client.ledger.asked, client.ledger.retried, client.ledger.cost) == (20, 0, 0.0)
        client.ledger.check()
        said = capsys.readouterr().err
        assert said.count("takes no system message") == 1 and "teacher.options.system_role = false" in said
        known = ModelClient(load("m", url, system_role=False))
        assert ask(known, questions(20), "") == found and known.ledger.cached == 20
        again = ModelClient(
            load("m", url)
        )  # which does not know yet: it asks in vain, at no cost, and finds what is kept
        before = len(received)
        assert ask(again, questions(20), "") == found and again.ledger.cached == 20
        assert all(body["messages"][0]["role"] == "system" for body in received[before:])
        again.ledger.check()
        requests = [row[0] for row in Cache().rows("SELECT request FROM answers")]
        assert len(requests) == 20 and all(b'"role":"system"' not in request for request in requests)


def test_equal_requests_that_wait_for_each_other_are_asked_once_in_the_other_form() -> None:
    with serve(gemma) as (url, received):
        client = ModelClient(load("m", url, concurrency=1))
        assert {one.text for one in ask(client, questions(1) * 30, "")} == {"Be brief.\n\nq0"}
        client.ledger.check()
    assert len(received) == 2 and client.ledger.asked == 1 and client.ledger.shared + client.ledger.cached == 29


def test_a_refusal_in_a_reply_of_status_200_is_one_too() -> None:
    def answer(messages: list[dict[str, str]]) -> Any:
        if messages[0]["role"] == "system":
            return {"error": {"message": "role 'system' is not supported with this model", "code": 400}}
        return "yes"

    with serve(answer) as (url, received):
        assert ask(ModelClient(load("m", url, retries=0)), questions(1), "")[0].text == "yes" and len(received) == 2


def test_a_server_that_refuses_both_forms_is_an_error_and_not_asked_for_ever() -> None:
    with serve(lambda messages: Refusal(400, "System role not supported")) as (url, received):
        (found,) = ask(ModelClient(load("m", url, retries=0)), questions(1), "")
    assert "System role not supported" in str(found.error) and len(received) == 2


def test_errors_about_something_else_change_nothing() -> None:
    with serve(lambda messages: Refusal(400, "Your prompt is too long for this system")) as (url, received):
        model = load("m", url, retries=0)
        assert "too long" in str(ask(ModelClient(model), questions(3), "")[0].error)
    assert len(received) == 3 and model.writer.system_role


def test_as_a_plain_model_it_rewrites_too() -> None:
    async def collect(model: OpenAIModel) -> list[Completion]:
        return [found async for _, found in model.generate(questions(3))]

    with serve(gemma) as (url, _):
        found = asyncio.run(collect(load("m", url, retries=0)))
    assert sorted(one.text for one in found) == [f"Be brief.\n\nq{n}" for n in range(3)]


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("temperature", b'{"error": {"message": "Unsupported value: \'temperature\' does not support 0.0.",'
                        b' "type": "invalid_request_error", "param": "temperature", "code": "unsupported_value"}}'),
        ("seed", b'{"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"],'
                 b' "msg": "Extra inputs are not permitted", "input": 4}]}, "type": "invalid_request_error"}'),
    ],
)  # fmt: skip
def test_a_key_that_the_model_refuses_by_name_is_left_out(
    key: str, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies: list[dict[str, Any]] = []
    with serve(lambda messages: Raw(400, body) if key in bodies[-1] else "yes") as (url, received):
        bodies = received
        client = ModelClient(load("m", url, concurrency=1, retries=0))
        assert [one.text for one in ask(client, questions(5), "")] == ["yes"] * 5
        assert len(received) == 6 and not any(key in sent for sent in received[1:])
        assert f'omit = ["{key}"]' in capsys.readouterr().err
        known = ModelClient(load("m", url, omit=key))
        ask(known, questions(5), "")
        assert known.ledger.cached == 5


@pytest.mark.parametrize("omit", ["seed", ["seed"], ("seed", "temperature"), []])
def test_what_is_omitted_is_not_sent(omit: Any) -> None:
    with serve(lambda messages: "yes") as (url, received):
        ask(ModelClient(load("m", url, omit=omit)), questions(1), "")
    assert {"seed", "temperature"} - set(received[0]) == ({omit} if isinstance(omit, str) else set(omit))


@pytest.mark.parametrize(("omit", "said"), [("sead", "did you mean 'seed'"), (["top_p"], "'top_p'"), ("s", "'s'")])
def test_a_key_to_omit_that_no_request_has_is_refused(omit: Any, said: str) -> None:
    with pytest.raises(RecipeError, match=said) as raised:
        load("m", "http://localhost/v1", omit=omit, section="judge.options")
    assert str(raised.value).startswith("judge.options.omit: ")
    load("m", "http://localhost/v1", omit="top_p", extra={"top_p": 0.5})
    with pytest.raises(RecipeError, match=r"teacher\.options\.extra: messages"):
        load("m", "http://localhost/v1", extra={"messages": []})


def test_a_key_of_that_name_inside_another_is_no_reason_to_ask_for_ever() -> None:
    body = b'{"error": {"message": "no", "param": "seed", "code": "unsupported_parameter"}}'
    with serve(lambda messages: Raw(400, body)) as (url, received):
        model = load("m", url, retries=0, omit="seed", extra={"options": {"seed": 1, "role": "system"}})
        assert "HTTP 400" in str(ask(ModelClient(model), questions(1), "")[0].error)
    assert len(received) == 1
