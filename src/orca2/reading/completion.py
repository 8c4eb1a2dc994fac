"""The completion that a model's text comes to: its thoughts apart from its answer, and their share of the tokens."""

from typing import Literal

from orca2.core.types import Completion
from orca2.reading.thoughts import split_thoughts


def completion_of(
    text: str, finish: Literal["stop", "length", "error"], tokens_in: int, tokens_out: int, opened: bool = False
) -> Completion:
    """The completion of a text in which thoughts may stand; `opened`: the prompt ended inside one."""
    split = split_thoughts(text, opened)
    if split is None:
        return Completion(text.strip(), finish, tokens_in, tokens_out)
    answer, thought = split.answer.strip(), split.thought
    share = thought_tokens(thought, answer, tokens_out)
    return Completion(answer, finish, tokens_in, tokens_out, reasoning=thought, reasoning_tokens=share)


def thought_tokens(thought: str, answer: str, tokens_out: int) -> int:
    """How many of the tokens of a response were its thought, by its share of the characters: nobody counted them."""
    return round(tokens_out * len(thought) / max(len(thought) + len(answer), 1))
