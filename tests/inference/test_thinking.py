"""Prompts of models that think, with the true templates that TRL carries: switched off and on, opened or not."""

import copy
import importlib.util
from pathlib import Path
from typing import Any

import pytest

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.core.types import Message, Request
from orca2.inference.thinking import encode_request

MESSAGES = (Message("user", "What is 2+2?"),)


@pytest.fixture
def chat(tokenizer: Any) -> Any:
    """The format by the name of a template."""
    spec = importlib.util.find_spec("trl")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("trl is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "chat_templates"

    def of(name: str) -> ChatCodec:
        own = copy.copy(tokenizer)
        own.chat_template = (folder / f"{name}.jinja").read_text()
        return ChatCodec(own)

    return of


@pytest.mark.parametrize(
    ("name", "thinking", "end", "budget"),
    [
        ("qwen3", None, "assistant\n", None),
        ("qwen3", "off", "<think>\n\n</think>\n\n", 0),
        ("qwen3", "high", "<think>\n", 24576),
        ("qwen3_5_think", "low", "<think>\n", 1024),
        ("qwen3_5_think", 64, "<think>\n", 64),
        ("qwen3_5_think", "off", "<think>\n\n</think>\n\n", 0),
        ("deepseek_r1_distill", None, "<think>\n", None),
    ],
)
def test_a_prompt_is_switched_and_a_thought_bounded(
    chat: Any, tokenizer: Any, name: str, thinking: Any, end: str, budget: int | None
) -> None:
    ids, closed_after = encode_request(chat(name), Request(MESSAGES, 64, thinking=thinking))
    assert tokenizer.decode(ids).endswith(end) and closed_after == budget


def test_a_student_that_knows_no_thoughts_is_asked_as_ever(tokenizer: Any) -> None:
    codec = ChatCodec(tokenizer)
    asked = [encode_request(codec, Request(MESSAGES, 64, thinking=thinking)) for thinking in (None, "off", "high", 9)]
    assert asked == [(codec.encode_prompt(MESSAGES), None)] * 4
