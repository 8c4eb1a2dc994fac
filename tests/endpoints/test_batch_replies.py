"""Rows of batches in the shapes that providers give them: read as single replies are, and no failure is kept."""

from pathlib import Path
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.budget import Budget
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError, RecipeError
from orca2.models.openai_batch import load
from tests.batches import provider
from tests.server import completion


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "notes"))


def questions(count: int) -> list[Request]:
    return [Request((Message("system", "Be brief."), Message("user", f"q{n}")), 9) for n in range(count)]


def row(body: Any, status: Any = 200) -> dict[str, Any]:
    return {"response": {"status_code": status, "request_id": "r", "body": body}, "error": None}


def asked(row: dict[str, Any]) -> tuple[Completion, ModelClient]:
    with provider(lambda body: row) as (url, _):
        client = ModelClient(load("m", url, poll=0.01))
        (found,) = ask(client, questions(1), "")
        client.ledger.check()
        return found, client


def test_parts_ends_and_usage_are_read_as_in_single_replies() -> None:
    reply = completion("", "end_turn")
    parts = [{"type": "thinking", "thinking": []}, {"type": "text", "text": "The answer is 4."}]
    reply["choices"][0]["message"]["content"], reply["usage"] = parts, {"prompt_tokens": -1, "completion_tokens": "x"}
    found, client = asked(row(reply))
    assert found == Completion("The answer is 4.", "stop", 3, 4)
    assert client.ledger.tokens_out == 4 and len(list(Cache().rows("SELECT key FROM answers"))) == 1


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (row({"error": {"message": "no capacity", "code": 502}}), "no capacity"),
        (row({"choices": None, "error": {"message": "no capacity", "code": 429}}), "no capacity"),
        (row(completion("", "error")), "finish reason 'error'"),
        (row(completion("", "content_filter")), "content_filter"),
        (row({"choices": []}), "it holds no choices"),
        (row(None), "no chat completion"),
        (row("text"), "no chat completion"),
        (row({"error": {"message": "bad key", "code": "invalid_api_key"}}, 401), "invalid_api_key: bad key"),
        (row({"error": "in plain words"}, 400), "error 400: in plain words"),
        (row({"detail": "in other words"}, 422), "error 422: in other words"),
        (row("<html>", 502), "error 502"),
        (row(None, None), "no answer"),
        ({"response": None, "error": {"code": "batch_expired", "message": "too late"}}, "batch_expired: too late"),
        ({"response": None, "error": "too late"}, "too late"),
        ({"response": "odd", "error": None}, "holds no answer"),
        ({"response": None}, "no answer"),
    ],
)
def test_a_failed_row_is_shown_in_the_provider_s_words_and_not_kept(answered: dict[str, Any], said: str) -> None:
    found, client = asked(answered)
    assert found.finish_reason == "error" and said in str(found.error), found
    assert client.ledger.failures == 1 and list(Cache().rows("SELECT key FROM answers")) == []


def test_what_a_failed_row_was_paid_is_in_the_books() -> None:
    with provider(lambda body: row(completion("", "content_filter"))) as (url, _):
        client = ModelClient(load("m", url, poll=0.01, prices={"in": 2e6, "out": 2e6}))
        ask(client, questions(1), "")
    assert client.ledger.cost == 10.0  # 7 and 3 tokens at half the price


def test_a_system_role_that_is_refused_goes_into_a_second_batch(capsys: pytest.CaptureFixture[str]) -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        if body["messages"][0]["role"] == "system":
            return row({"error": {"message": "System role not supported", "type": "BadRequestError", "code": 400}}, 400)
        return row(completion(body["messages"][0]["content"]))

    with provider(answer) as (url, made):
        client = ModelClient(load("m", url, poll=0.01))
        assert [one.text for one in ask(client, questions(3), "")] == [f"Be brief.\n\nq{n}" for n in range(3)]
        client.ledger.check()
        assert [len(bodies) for bodies in made] == [3, 3]
        assert capsys.readouterr().err.count("system_role = false") == 1
        again = ModelClient(load("m", url, poll=0.01))
        ask(again, questions(3), "")
        assert again.ledger.cached == 3 and len(made) == 2


def test_options_of_a_request_are_those_of_single_ones_and_tell_answers_apart() -> None:
    with provider(lambda body: row(completion("yes"))) as (url, made):
        plain, bare = load("m", url), load("m", url, omit="seed", extra={"top_p": 0.5}, system_role=False, poll=0.01)
        assert plain.name == f"{url} m batch" and bare.name.startswith(plain.name + " ")
        assert bare.name == load("m", url, omit=["seed"], extra={"top_p": 0.5}, system_role=False).name
        ask(ModelClient(bare), questions(1), "")
        (sent,) = made[0]
        assert "seed" not in sent and sent["top_p"] == 0.5 and len(sent["messages"]) == 1
    with pytest.raises(RecipeError, match=r"judge\.options\.omit"):
        load("m", url, omit="sead", section="judge.options")


def test_the_cap_bounds_a_batch_before_it_is_made() -> None:
    def answer(body: dict[str, Any]) -> dict[str, Any]:
        return row({**completion("The answer is 4."), "usage": None})

    with provider(answer) as (url, made):
        model = load("m", url, poll=0.01, prices={"in": 2000.0, "out": 2000.0})
        budget = Budget(cap=0.3)
        with pytest.raises(ModelError, match="the same command goes on"):
            ask(ModelClient(model, budget=budget), questions(100), "")
        paid = sum(map(len, made))
        assert 0 < paid < 100 and budget.spent == pytest.approx(0.007 * paid) and budget.spent <= 0.3
        client = ModelClient(model, budget=Budget(cap=100.0))
        ask(client, questions(100), "")
        assert client.ledger.cached == paid and sum(map(len, made)) == 100
