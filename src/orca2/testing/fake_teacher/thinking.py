"""Whether the fake teacher thinks before it answers, as it is asked to, and where it shows that."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from orca2.testing.fake_teacher.scenario import Thinking

OFF = ("none", "minimal")  # efforts of a request that are none


class Asked(NamedTuple):
    """What a request says of thinking: whether to, None where it says nothing, and within how many tokens."""

    on: bool | None = None
    tokens: int | None = None


def read(body: Mapping[str, Any]) -> Asked:
    """What a request says, in any of the keys that providers take."""
    config = _table(_table(_table(body, "extra_body"), "google"), "thinking_config")
    reasoning, thinking, told = (_table(body, name) for name in ("reasoning", "thinking", "chat_template_kwargs"))
    switches = [value for value in (told.get("enable_thinking"), told.get("thinking"), body.get("enable_thinking"),
                                    reasoning.get("enabled")) if isinstance(value, bool)]  # fmt: skip
    switches += [effort not in OFF for effort in (body.get("reasoning_effort"), reasoning.get("effort")) if effort]
    switches += [thinking["type"] != "disabled"] if "type" in thinking else []
    numbers = (body.get("thinking_token_budget"), body.get("thinking_budget"), reasoning.get("max_tokens"),
               thinking.get("budget_tokens"), config.get("thinking_budget"))  # fmt: skip
    tokens = next((number for number in numbers if isinstance(number, int)), None)
    if switches:
        return Asked(all(switches), tokens)
    return Asked(None if tokens is None else tokens > 0, tokens)


def thinks(scenario: Thinking, asked: Asked) -> bool:
    """Whether it thinks: always or never, or as it is asked to, one way or the other where nothing is said."""
    if scenario.when in ("always", "never"):
        return scenario.when == "always"
    return scenario.when == "unless_off" if asked.on is None else asked.on


def message(text: str, thought: str, shown_in: str, cut: bool) -> dict[str, Any]:
    """An assistant's message with its thought in a field, in parts, in tags or hidden; `cut`: no answer was begun."""
    plain = {"role": "assistant", "content": text}
    if not thought or shown_in == "hidden":
        return plain
    if shown_in in ("tags", "closing_tag"):
        opening = "<think>" if shown_in == "tags" else ""
        return plain | {"content": f"{opening}{thought}" if cut else f"{opening}{thought}</think>{text}"}
    if shown_in == "parts":
        parts = [{"type": "thinking", "thinking": [{"type": "text", "text": thought}]}, {"type": "text", "text": text}]
        return plain | {"content": parts}
    if shown_in == "reasoning_details":
        return plain | {"reasoning_details": [{"type": "reasoning.text", "text": thought, "index": 0}]}
    return plain | {shown_in: thought}


def _table(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, Mapping) else {}
