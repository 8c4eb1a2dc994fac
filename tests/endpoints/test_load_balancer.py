"""Faults of real servers: refusals, dead endpoints, unreadable replies, the cap, and keys that stay where they are."""

import time
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.ask import ask
from orca2.asking.budget import Budget
from orca2.asking.cache import Cache, default_path
from orca2.asking.client import ModelClient
from orca2.core.types import Message, Request
from orca2.errors import ModelError, RecipeError, RunError
from orca2.models.openai import load
from tests.server import completion, serve

pytestmark = pytest.mark.usefixtures("short_waits")


def questions(count: int, system: str = "S") -> list[Request]:
    return [Request((Message("system", system), Message("user", f"q{i}")), 9) for i in range(count)]


def test_refusals_do_not_fail_a_row_while_others_are_answered() -> None:
    seen: list[float] = []

    def answer(messages: list[dict[str, str]]) -> Any:
        seen.append(time.monotonic())
        return 429 if len(seen) % 3 == 0 else "ok"

    with serve(answer) as (url, _):
        client = ModelClient(load("m", url, concurrency=8, retries=3))
        found = ask(client, questions(30), "")
    assert all(one.text == "ok" for one in found)
    assert client.ledger.retried == len(seen) - 30 > 0
    client.ledger.check()


def test_an_error_in_a_reply_of_status_200_slows_down_like_the_status_that_it_stands_for() -> None:
    seen: list[float] = []

    def answer(messages: list[dict[str, str]]) -> Any:
        seen.append(time.monotonic())
        return {"error": {"message": "slow down", "code": 429}} if len(seen) % 3 == 0 else "ok"

    with serve(answer) as (url, _):
        client = ModelClient(load("m", url, concurrency=8, retries=3))
        found = ask(client, questions(30), "")
    assert all(one.text == "ok" for one in found) and client.ledger.retried == len(seen) - 30 > 0


@pytest.mark.parametrize("refusal", [429, 500, {"error": {"message": "slow down", "code": 429}}])
def test_without_retries_each_request_goes_out_once_though_others_are_answered(refusal: Any) -> None:
    asked: list[str] = []

    def answer(messages: list[dict[str, str]]) -> Any:
        asked.append(messages[-1]["content"])
        return refusal if int(asked[-1][1:]) % 3 == 0 else "ok"

    with serve(answer) as (url, _):
        found = ask(ModelClient(load("m", url, concurrency=4, retries=0)), questions(30), "")
    assert sorted(asked) == sorted(f"q{n}" for n in range(30)) and sum(1 for one in found if one.error) == 10


@pytest.mark.slow
def test_a_row_that_never_comes_fails_in_the_end_though_others_are_answered() -> None:
    asked: list[str] = []

    def answer(messages: list[dict[str, str]]) -> Any:
        asked.append(messages[-1]["content"])
        time.sleep(2.0 if messages[-1]["content"] == "q0" else 0.02)
        return "ok"

    with serve(answer) as (url, _):
        found = ask(ModelClient(load("m", url, concurrency=2, timeout=1.0, retries=2)), questions(60), "")
    assert "no answer within" in str(found[0].error)
    assert all(one.text == "ok" for one in found[1:]) and asked.count("q0") == 3


def test_a_dead_endpoint_is_left_and_its_rows_are_asked_elsewhere() -> None:
    with serve(lambda messages: "ok") as (url, received):
        found = ask(ModelClient(load("m", ["http://127.0.0.1:9/v1", url], retries=0)), questions(40), "")
        assert [one.error for one in found if one.error] == [] and len(received) == 40
        again = ModelClient(load("m", ["http://127.0.0.1:9/v1"], retries=0))
        ask(again, questions(40), "")
        assert again.ledger.cached == 40  # more servers of a model, or fewer, are the same model


@pytest.mark.parametrize(("retries", "paid"), [(0, 1), (1, 2), (5, 2)])
def test_a_reply_that_stays_unreadable_is_paid_twice_at_most_and_is_data(retries: int, paid: int) -> None:
    seen: dict[str, int] = {}

    def answer(messages: list[dict[str, str]]) -> Any:
        prompt = messages[-1]["content"]
        seen[prompt] = seen.get(prompt, 0) + 1
        return {"choices": []} if prompt == "q1" or (prompt == "q0" and seen[prompt] == 1) else "ok"

    with serve(answer) as (url, _):
        client = ModelClient(load("m", url, retries=retries))
        first, second, third = ask(client, questions(3), "")
        assert first.text == ("ok" if retries else "") and third.text == "ok"
        assert "it holds no choices" in str(second.error) and '{"choices": []}' in str(second.error)
        assert seen == {"q0": paid, "q1": paid, "q2": 1} and client.ledger.retried == 2 * (paid - 1)
        client.ledger.check()
        ask(ModelClient(load("m", url, retries=retries)), questions(3), "")
        assert seen["q1"] == 2 * paid and seen["q2"] == 1  # it is owed again, and what was answered is not


def test_the_cap_is_never_passed_and_nothing_is_lost() -> None:
    with serve(lambda messages: "ok") as (url, received):
        model = load("m", url, concurrency=4, prices={"in": 1000.0, "out": 1000.0})
        budget = Budget(cap=0.2)
        with pytest.raises(ModelError, match="the same command goes on"):
            ask(ModelClient(model, budget=budget), questions(200), "")
        paid = len(received)
        assert 0 < paid < 200 and budget.spent == pytest.approx(paid * 0.01) and budget.spent <= 0.2
        client = ModelClient(model, budget=Budget(cap=100.0))
        ask(client, questions(200), "")
        assert len(received) == 200 and client.ledger.cached == paid


def test_the_key_is_in_no_answer_error_or_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret")
    replies: dict[str, Any] = {"q0": completion("your key is sk-very-secret"), "q1": 401, "q2": "ok"}
    with serve(lambda messages: replies[messages[-1]["content"]]) as (url, _):
        found = ask(ModelClient(load("m", url, key_env="MY_KEY", retries=0)), questions(3), "")
    assert "sk-very-secret" not in repr(found) and found[1].error
    for file in default_path().parent.glob("answers.sqlite*"):
        assert b"sk-very-secret" not in file.read_bytes()
    with pytest.raises(RecipeError, match="would be written"):
        load("m", "http://user:pass@localhost/v1")


def test_a_foreign_or_broken_cache_is_one_error(tmp_path: Path) -> None:
    import sqlite3

    (tmp_path / "text").write_text("no database " * 100)
    with sqlite3.connect(tmp_path / "foreign") as file:
        file.execute("CREATE TABLE theirs (x)")
    for name in ("text", "foreign"):
        with pytest.raises(RunError, match="move it away"):
            Cache(tmp_path / name)
