"""A completion whose text may hold thoughts, with these apart from the answer, and their share of the tokens."""

from dataclasses import replace

from orca2.core.types import Completion
from orca2.reading.thoughts import split_thoughts


def parted(completion: Completion) -> Completion:
    """The completion with what its text thinks added to its reasoning; as it is where the text holds no thought."""
    if (split := split_thoughts(completion.text)) is None:
        return completion
    thoughts = dict.fromkeys(filter(None, (completion.reasoning, split.thought)))
    answer = split.answer.strip()
    share = thought_tokens(split.thought, answer, completion.tokens_out)
    counted = min(completion.reasoning_tokens + share, completion.tokens_out)
    return replace(completion, text=answer, reasoning="\n\n".join(thoughts), reasoning_tokens=counted)


def thought_tokens(thought: str, answer: str, tokens_out: int) -> int:
    """How many of the tokens of a response were its thought, by its share of the characters: nobody counted them."""
    return round(tokens_out * len(thought) / max(len(thought) + len(answer), 1))
