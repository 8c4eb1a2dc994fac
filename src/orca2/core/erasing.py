"""Prompt erasing: the only place where a `Demonstration` becomes a `Lesson`.

Orca 2 (arXiv 2311.11045, section 4): the student is trained on the task and the answer under one
generic system message, never on the instruction that made the teacher answer that way.
"""

import re

from orca2.core.nouns import Demonstration, Lesson, Message, Strategy

MIN_WORDS = 5  # a shorter sentence of an instruction ("Be brief.") is ordinary language


def erase(demonstration: Demonstration, generic: str, strategies: tuple[Strategy, ...]) -> Lesson | None:
    """The lesson under the generic system message, or None if an instruction would survive.

    An instruction survives where the task or the teacher's answer repeats one of its sentences.
    """
    task_turns = [m for m in demonstration.messages if m.role != "system"]
    answer = Message("assistant", demonstration.completion.text)
    lesson = Lesson((Message("system", generic), *task_turns, answer), demonstration.task)
    return None if leaks(lesson, strategies) else lesson


def keep(demonstration: Demonstration) -> Lesson:
    """The explanation-tuning lesson of Orca 1, with the instruction kept on purpose."""
    answer = Message("assistant", demonstration.completion.text)
    return Lesson((*demonstration.messages, answer), demonstration.task)


def leaks(lesson: Lesson, strategies: tuple[Strategy, ...]) -> bool:
    """Whether any sentence of any strategy's instruction stands in the lesson.

    Compared without case and spacing; sentences under `MIN_WORDS` words are passed over unless
    they are the whole instruction.
    """
    said = "\n".join(_plain(message.content) for message in lesson.messages)
    return any(sentence in said for strategy in strategies for sentence in traces(strategy))


def traces(strategy: Strategy) -> set[str]:
    """The normalised texts whose presence betrays the strategy's instruction."""
    found: set[str] = set()
    for instruction in strategy.instructions:
        whole = _plain(instruction)
        parts = (_plain(part) for part in re.split(r"(?<=[.!?:])\s+|\n", instruction))
        found |= {part for part in parts if len(part.split()) >= MIN_WORDS} | {whole}
    return found - {""}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
