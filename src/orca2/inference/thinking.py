"""Chat formats of one tokenizer, by how much its model is asked to think."""

import copy
import json
from collections.abc import Mapping, Sequence
from typing import Any

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.template import template_of
from orca2.core.thinking import Thinking
from orca2.core.types import Message
from orca2.reading.thoughts import opens_thought

END = 8  # tokens of a prompt's end in which a thought that is opened there stands


class ThinkingChats:
    """`chat` is the format where nothing is asked of thinking; the others tell the template so, in the switches of
    Qwen, GLM, Gemma and SmolLM (`enable_thinking`), DeepSeek and Granite (`thinking`) and in an effort."""

    def __init__(self, tokenizer: Any, chat: ChatCodec) -> None:
        self._tokenizer, self._chats = tokenizer, dict[Thinking | None, ChatCodec]({None: chat})

    def encode_prompt(self, messages: Sequence[Message], thinking: Thinking | None) -> tuple[list[int], bool]:
        """Ids of a prompt, and whether it ends inside a thought."""
        if thinking not in self._chats:
            told = copy.copy(self._tokenizer)
            told.chat_template = with_variables(template_of(self._tokenizer) or "", variables(thinking))
            self._chats[thinking] = ChatCodec(told)
        ids = self._chats[thinking].encode_prompt(messages)
        return ids, opens_thought(str(self._tokenizer.decode(ids[-END:])))


def variables(thinking: Thinking | None) -> dict[str, Any]:
    """What a template is told."""
    told: dict[str, Any] = {"enable_thinking": thinking != "off", "thinking": thinking != "off"}
    if isinstance(thinking, int):
        return told | {"thinking_budget": thinking}
    return told if thinking == "off" else told | {"reasoning_effort": thinking}


def with_variables(template: str, told: Mapping[str, Any]) -> str:
    """A chat template that has these variables, whatever it is rendered with."""
    return "".join(f"{{%- set {key} = {json.dumps(value)} -%}}" for key, value in sorted(told.items())) + template
