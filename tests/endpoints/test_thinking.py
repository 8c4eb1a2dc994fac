"""In which keys each provider is asked to think; told by address and name, or by the recipe."""

import json
from typing import Any

import pytest

from orca2.core.thinking import effort_of, tokens_of
from orca2.core.types import Message, Request
from orca2.endpoints.thinking import FORMS, ThinkingKeys
from orca2.errors import RecipeError
from orca2.models.openai import load

SWITCHED_OFF = {"enable_thinking": False, "thinking": False}
QUESTION = (Message("user", "What is 2+2?"),)


def keys(url: str, model: str, thinking: Any, named: Any = "", azure: bool = False) -> dict[str, Any]:
    return ThinkingKeys(url, model, named, azure, "teacher.options").keys(thinking, 4096)


@pytest.mark.parametrize(
    ("url", "model", "thinking", "asked"),
    [
        ("https://api.openai.com/v1", "o4-mini", "off", {"reasoning_effort": "low"}),
        ("https://api.openai.com/v1", "gpt-5", "off", {"reasoning_effort": "minimal"}),
        ("https://api.openai.com/v1", "gpt-5.1", "off", {"reasoning_effort": "none"}),
        ("https://api.openai.com/v1", "gpt-5.1", 5000, {"reasoning_effort": "medium"}),
        ("https://eu.api.mistral.ai/v1", "mistral-medium-3-5", "low", {"reasoning_effort": "high"}),
        ("https://ai-gateway.vercel.sh/v1", "xai/grok-4", "high", {"reasoning": {"effort": "high"}}),
        ("https://openrouter.ai/api/v1", "qwen/qwen3-8b", "off", {"reasoning": {"enabled": False}}),
        ("https://api.deepseek.com", "deepseek-chat", 500, {"thinking": {"type": "enabled"}}),
        ("https://api.anthropic.com/v1/", "claude-haiku-4-5", "off", {"thinking": {"type": "disabled"}}),
        ("https://api.anthropic.com/v1/", "claude-haiku-4-5", "high",
         {"thinking": {"type": "enabled", "budget_tokens": 3276}}),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "qwen3-max", 500,
         {"enable_thinking": True, "thinking_budget": 500}),
        ("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "qwen3-max", "off", {"enable_thinking": False}),
        ("http://localhost:11434/v1", "gpt-oss:20b", "off", {"reasoning_effort": "low"}),
        ("http://10.0.0.7:4000/v1", "claude-sonnet-4-5", "low", {"reasoning_effort": "low"}),  # behind LiteLLM
        ("https://llm.corp/v1", "granite-4", "off", {"chat_template_kwargs": SWITCHED_OFF}),
        ("https://notopenrouter.ai/v1", "m", "off", {"chat_template_kwargs": SWITCHED_OFF}),
    ],
)  # fmt: skip
def test_address_and_name_tell(url: str, model: str, thinking: Any, asked: dict[str, Any]) -> None:
    assert keys(url, model, thinking) == asked


def test_azure_is_asked_as_openai_whatever_a_deployment_is_called() -> None:
    assert keys("https://mine.example/openai/deployments/d", "d", "low", azure=True) == {"reasoning_effort": "low"}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_asks_differently_for_off_and_on(form: str) -> None:
    asked = [keys("http://localhost/v1", "m", thinking, form) for thinking in ("off", "low", 700)]
    assert asked[0] != asked[1] and asked[0] != asked[2]
    json.dumps(asked)


def test_the_recipe_goes_before_what_is_known() -> None:
    table = {"off": {"think": False}, "high": {"think": True}, "2048": {"think": 2048}}
    assert keys("https://api.openai.com/v1", "gpt-5", "high", table) == {"think": True}
    assert keys("https://api.openai.com/v1", "gpt-5", 2048, table) == {"think": 2048}
    with pytest.raises(
        RecipeError, match=r"teacher\.options\.thinking_as: does not say how thinking = low is asked for"
    ):
        keys("https://api.openai.com/v1", "gpt-5", "low", table)
    with pytest.raises(RecipeError, match="no form 'reasoning_efort' \\(did you mean 'reasoning_effort'"):
        load("m", "http://localhost/v1", thinking_as="reasoning_efort")
    asked = {"chat_template_kwargs": {"custom": 1, "thinking": None}}
    model = load("m", "http://localhost/v1", extra=asked)
    body = json.loads(model.serialize(Request(QUESTION, 99, thinking="off")))
    assert body["chat_template_kwargs"] == {"enable_thinking": False, "thinking": None, "custom": 1}


def test_models_of_openai_are_bounded_with_their_thoughts_wherever_they_are() -> None:
    body = json.loads(load("openai/o4-mini", "http://localhost/v1").serialize(Request(QUESTION, 99, thinking="low")))
    assert body["max_completion_tokens"] == 99 and "max_tokens" not in body
    named = load("openai/o4-mini", "http://localhost/v1", max_tokens_key="max_tokens")
    assert json.loads(named.serialize(Request(QUESTION, 99, thinking="low")))["max_tokens"] == 99


def test_a_number_that_a_provider_takes_none_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        load("o3", "http://localhost/v1").serialize(Request(QUESTION, 9999, thinking=5000))
    said = capsys.readouterr().err
    assert said.count("takes no number of tokens to think in; 5000 is asked for as 'medium'") == 1
    assert ThinkingKeys("https://api.anthropic.com", "claude", "", False, "").inexact(5000) == ""
    assert "'on'" in ThinkingKeys("https://api.deepseek.com", "m", "", False, "").inexact(5000)
    assert ThinkingKeys("http://localhost", "m", "", False, "").inexact(5000) == ""


def test_efforts_and_tokens() -> None:
    assert [effort_of(n) for n in ("off", 1, 1024, 1025, 8192, 9000)] == [
        "off",
        "low",
        "low",
        "medium",
        "medium",
        "high",
    ]
    assert [tokens_of(n, 4000) for n in ("off", "low", "medium", "high", 17)] == [0, 1024, 3200, 3200, 17]
