"""How a model is asked to think: in the keys that its provider takes, told by its address and its name."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from orca2.core.thinking import Thinking, effort_of, tokens_of
from orca2.errors import RecipeError
from orca2.plugins import suggest

FEWEST = 1024  # tokens of a budget that Anthropic takes
# the form of each provider, by the end of its host
HOSTS = {
    "openrouter.ai": "reasoning",
    "ai-gateway.vercel.sh": "reasoning",
    "api.deepseek.com": "thinking",
    "api.z.ai": "thinking",
    "bigmodel.cn": "thinking",
    "moonshot.ai": "thinking",
    "moonshot.cn": "thinking",
    "volces.com": "thinking",
    "api.anthropic.com": "thinking",
    "googleapis.com": "thinking_config",
    "aliyuncs.com": "enable_thinking",
    "siliconflow.cn": "enable_thinking",
    "siliconflow.com": "enable_thinking",
} | dict.fromkeys(
    (
        "api.openai.com", "azure.com", "api.groq.com", "api.mistral.ai", "api.x.ai", "api.together.xyz", "ollama.com",
        "api.fireworks.ai", "api.cerebras.ai", "api.deepinfra.com", "api.perplexity.ai", "router.huggingface.co",
    ),
    "reasoning_effort",
)  # fmt: skip
OLLAMA = 11434  # its port
# models that are asked by an effort wherever they are served; any other one may stand behind vLLM, SGLang or llama.cpp
BY_EFFORT = re.compile(r"\bo[134](-|$)|gpt-|claude|gemini|grok", re.IGNORECASE)
OPENAI = re.compile(r"(^|/)(o[134](-|$)|gpt-5)", re.IGNORECASE)  # bounded by max_completion_tokens, wherever they are
# efforts of models that take others than most: the first pattern that a name matches counts
EFFORTS: tuple[tuple[str, dict[str, str]], ...] = (
    (r"gpt-oss|\bo[134](-|$)", {"off": "low"}),  # these always think
    (r"gpt-5(?!\.)", {"off": "minimal"}),
    (r"mistral-(small|medium)", {"low": "high", "medium": "high"}),  # on or off
)
GROQ_QWEN = {"low": "default", "medium": "default", "high": "default"}


class Provider(NamedTuple):
    """Who is asked: the host of the address, and the name of the model there."""

    host: str
    model: str


Form = Callable[[Provider, Thinking, int], dict[str, Any]]


def _reasoning_effort(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    effort = effort_of(thinking)
    if provider.host.endswith("api.groq.com") and "qwen" in provider.model.lower():
        words = GROQ_QWEN
    else:
        words = next((words for name, words in EFFORTS if re.search(name, provider.model, re.IGNORECASE)), {})
    return {"reasoning_effort": words.get(effort, "none" if effort == "off" else effort)}


def _chat_template_kwargs(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    """The switches of Qwen, GLM, Gemma and SmolLM, and of DeepSeek and Granite: a template passes over what it does not
    know. vLLM holds the model to a number of tokens; some templates write it down."""
    switched = thinking != "off"
    told: dict[str, Any] = {"enable_thinking": switched, "thinking": switched}
    if isinstance(thinking, int):
        return {"chat_template_kwargs": {**told, "thinking_budget": thinking}, "thinking_token_budget": thinking}
    return {"chat_template_kwargs": {**told, **({"reasoning_effort": thinking} if switched else {})}}


def _reasoning(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    if thinking == "off":
        return {"reasoning": {"enabled": False}}
    return {"reasoning": {"max_tokens": thinking} if isinstance(thinking, int) else {"effort": thinking}}


def _thinking(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    if thinking == "off":
        return {"thinking": {"type": "disabled"}}
    if "anthropic" not in provider.host and "claude" not in provider.model.lower():
        return {"thinking": {"type": "enabled"}}
    return {"thinking": {"type": "enabled", "budget_tokens": max(FEWEST, tokens_of(thinking, max_tokens))}}


def _enable_thinking(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    budget = {"thinking_budget": thinking} if isinstance(thinking, int) else {}
    return {"enable_thinking": thinking != "off", **budget}


def _thinking_config(provider: Provider, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
    config = {"thinking_budget": tokens_of(thinking, max_tokens), "include_thoughts": thinking != "off"}
    return {"extra_body": {"google": {"thinking_config": config}}}


FORMS: dict[str, Form] = {
    "reasoning_effort": _reasoning_effort,
    "chat_template_kwargs": _chat_template_kwargs,
    "reasoning": _reasoning,
    "thinking": _thinking,
    "enable_thinking": _enable_thinking,
    "thinking_config": _thinking_config,
}


class ThinkingKeys:
    """The keys by which a model is asked to think. `named` is the name of a form, or a table from what may be asked to
    the keys of a request; empty: told by the address and the model. Errors call it a key of `section`."""

    def __init__(
        self, url: str, model: str, named: str | Mapping[str, Mapping[str, Any]], azure: bool, section: str
    ) -> None:
        self._provider, self._section = Provider(urlsplit(url).hostname or "", model), section
        self.named = named
        self.table = named if isinstance(named, Mapping) else None
        self.form = "reasoning_effort" if azure else _form_of(url, model)
        if isinstance(named, str) and named:
            if named not in FORMS:
                raise RecipeError(
                    f"{section}.thinking_as: no form {named!r}{suggest(named, list(FORMS))}; valid: {', '.join(FORMS)},"
                    " or a table from off, low, medium, high or a number to the keys of a request"
                )
            self.form = named
        self.new_limit = bool(OPENAI.search(model))

    def keys(self, thinking: Thinking, max_tokens: int) -> dict[str, Any]:
        """The keys that a request gets; RecipeError where a table does not say which."""
        if self.table is None:
            return FORMS[self.form](self._provider, thinking, max_tokens)
        if str(thinking) not in self.table:
            raise RecipeError(
                f"{self._section}.thinking_as: does not say how thinking = {thinking} is asked for; it has"
                f" {', '.join(self.table) or 'nothing'}"
            )
        return dict(self.table[str(thinking)])

    def inexact(self, thinking: Thinking) -> str:
        """What becomes of a number of tokens that this provider takes none for; empty where it takes it."""
        takes_none = self.form == "reasoning_effort" or (
            self.form == "thinking" and "budget_tokens" not in _thinking(self._provider, thinking, 0)["thinking"]
        )
        if self.table is not None or not isinstance(thinking, int) or not takes_none:
            return ""
        asked = effort_of(thinking) if self.form == "reasoning_effort" else "on"
        return f"takes no number of tokens to think in; {thinking} is asked for as {asked!r}"


def _form_of(url: str, model: str) -> str:
    """By the host; where it says nothing, as most servers of one's own take it."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    known = next((form for end, form in HOSTS.items() if host == end or host.endswith(f".{end}")), "")
    if known:
        return known
    return "reasoning_effort" if parts.port == OLLAMA or BY_EFFORT.search(model) else "chat_template_kwargs"
