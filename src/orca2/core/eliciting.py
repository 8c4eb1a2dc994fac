"""How a strategy that thinks is put to a teacher, and what of its answer the student will write."""

from collections.abc import Sequence
from dataclasses import replace

from orca2.core.thinking import Writes
from orca2.core.types import Completion, Message, Strategy, Verdict

# what a teacher is told beside the instruction that shows no thoughts of its own
ALOUD = "Put your reasoning between <think> and </think>, and only then answer."


def written(strategy: Strategy) -> Writes:
    """What the student learns to write before its answer: by default the thought that the teacher is asked for, an
    empty one where it is asked for none, and nothing where nothing is said of thinking."""
    if strategy.writes is not None:
        return strategy.writes
    return "none" if strategy.thinking is None else "empty" if strategy.thinking in ("off", 0) else "thought"


def aloud(instruction: str) -> str:
    """An instruction for a teacher that shows no thoughts of its own: it is asked to think in its text."""
    return f"{instruction} {ALOUD}".strip()


def without_aloud(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The messages as they ask a student, to whom thinking in the text is nothing special."""
    return tuple(replace(turn, content=turn.content.removesuffix(ALOUD).rstrip()) for turn in messages)


def with_thought(completion: Completion, verdict: Verdict) -> Verdict:
    """The verdict on an answer whose thought is to be learned: one that shows none teaches nothing."""
    if not verdict.correct or completion.reasoning.strip():
        return verdict
    return replace(verdict, outcome="unextracted", why="it shows no thought, which is what is to be learned")


def learned(strategy: Strategy, completion: Completion) -> str:
    """What the student learns to write of an answer: answers that differ in it differ."""
    return f"{completion.reasoning}\n{completion.text}" if written(strategy) == "thought" else completion.text
