"""How much a model is asked to think before it answers."""

from typing import Literal

# not at all, by an effort, or at most so many tokens
Thinking = Literal["off", "low", "medium", "high"] | int
# tokens that stand for an effort where a provider takes a number, as Google documents its own efforts
TOKENS_OF: dict[str, int] = {"off": 0, "low": 1024, "medium": 8192, "high": 24576}


def effort_of(thinking: Thinking) -> str:
    """The effort that comes next to a number of tokens, for a provider that takes no number; an effort is its own."""
    if isinstance(thinking, str):
        return thinking
    return next((name for name in ("low", "medium") if thinking <= TOKENS_OF[name]), "high")


def tokens_of(thinking: Thinking, max_tokens: int) -> int:
    """Tokens to think in, for a provider that takes a number; an effort leaves the answer a fifth of `max_tokens`."""
    return thinking if isinstance(thinking, int) else min(TOKENS_OF[thinking], max_tokens * 4 // 5)
