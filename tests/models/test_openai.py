"""The OpenAI-compatible teacher against a real HTTP server."""

import asyncio
from typing import Any

import pytest

from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.models.openai import OpenAIModel, load
from tests.server import completion, serve


def answers(model: OpenAIModel, prompts: list[str]) -> dict[int, Completion]:
    async def collect() -> dict[int, Completion]:
        requests = [Request((Message("system", "S"), Message("user", prompt)), 9, seed=4) for prompt in prompts]
        return {index: found async for index, found in model.generate(requests)}

    return asyncio.run(collect())


def test_each_answer_in_its_place_and_failures_alone() -> None:
    def answer(messages: list[dict[str, str]]) -> Any:
        prompt = messages[-1]["content"]
        return {
            "bad": 400, "none": {"choices": []}, "long": completion("half", "length"),
            "null": completion(None), "filtered": completion("", "content_filter"),
        }.get(prompt, f" {prompt}! ")  # fmt: skip

    prompts = [*(f"q{i}" for i in range(40)), "bad", "none", "long", "null", "filtered"]
    with serve(answer) as (url, received):
        found = answers(load("m", url, concurrency=8, retries=0), prompts)
    assert [found[i].text for i in range(40)] == [f"q{i}!" for i in range(40)]
    assert found[0].tokens_in == 7 and found[0].tokens_out == 3
    bad, none, long, null, filtered = (found[i] for i in range(40, 45))
    assert bad.finish_reason == "error" and "scripted 400" in str(bad.error)
    assert none.finish_reason == "error" and "no choices" in str(none.error)
    assert (long.text, long.finish_reason) == ("half", "length")
    assert (null.text, null.finish_reason) == ("", "stop")
    assert filtered.finish_reason == "error" and "content_filter" in str(filtered.error)
    first = received[0]
    assert first["messages"][0] == {"role": "system", "content": "S"}
    assert (first["model"], first["max_tokens"], first["temperature"], first["seed"]) == ("m", 9, 0.0, 4)


def test_a_passing_failure_is_retried() -> None:
    seen = []

    def answer(messages: list[dict[str, str]]) -> Any:
        seen.append(1)
        return 500 if len(seen) == 1 else "ok"

    with serve(answer) as (url, _):
        assert answers(load("m", url, retries=2), ["q"])[0].text == "ok"


def test_a_dead_endpoint_is_an_error_in_each_place() -> None:
    found = answers(load("m", "http://127.0.0.1:9/v1", retries=0, timeout=2), ["a", "b"])
    assert all(c.finish_reason == "error" for c in found.values()) and len(found) == 2


def test_the_key_comes_from_the_environment_and_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-secret")
    with serve(lambda messages: "ok") as (url, received):
        model = load("m", url, key_env="MY_KEY")
        answers(model, ["q"])
    assert received[0]["authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in model.name
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ModelError, match="set the environment variable MY_KEY"):
        load("m", "https://example.invalid/v1", key_env="MY_KEY")
