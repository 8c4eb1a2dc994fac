"""Prompts of models that think, with the true templates that TRL carries: switched off and on, opened or not."""

import copy
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Message
from orca2.inference.thinking import ThinkingChats, variables, with_variables

MESSAGES = (Message("user", "What is 2+2?"),)


@pytest.fixture
def chats(tokenizer: Any) -> Any:
    """The formats by the name of a template."""
    spec = importlib.util.find_spec("trl")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("trl is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "chat_templates"

    def of(name: str) -> ThinkingChats:
        own = copy.copy(tokenizer)
        own.chat_template = (folder / f"{name}.jinja").read_text()
        return ThinkingChats(own, ChatCodec(own))

    return of


@pytest.mark.parametrize(
    ("name", "thinking", "end", "opened"),
    [
        ("qwen3", None, "assistant\n", False),
        ("qwen3", "off", "<think>\n\n</think>\n\n", False),
        ("qwen3", "high", "assistant\n", False),
        ("qwen3_5_think", "low", "<think>\n", True),
        ("qwen3_5_think", 64, "<think>\n", True),
        ("qwen3_5_think", "off", "<think>\n\n</think>\n\n", False),
        ("deepseek_r1_distill", None, "<think>\n", True),
    ],
)
def test_a_prompt_is_switched_and_known_to_end_inside_a_thought(
    chats: Any, tokenizer: Any, name: str, thinking: Any, end: str, opened: bool
) -> None:
    ids, inside = chats(name).encode_prompt(MESSAGES, thinking)
    assert tokenizer.decode(ids).endswith(end) and inside == opened


def test_a_template_gets_its_variables_first() -> None:
    assert with_variables("T", {"b": "x", "a": True}) == '{%- set a = true -%}{%- set b = "x" -%}T'
    assert variables("off") == {"enable_thinking": False, "thinking": False}
    assert variables("low")["reasoning_effort"] == "low" and variables(9)["thinking_budget"] == 9
