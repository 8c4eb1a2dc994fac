"""Prompt erasing: the only place where a `Demonstration` becomes a `Lesson`.

Orca 2 (arXiv 2311.11045, section 4): the student is trained on the task and the answer under one
default system message, never on the instruction that made the teacher answer that way. A task's own system message is
no instruction of ours: it stays beside the default one, or as the recipe says.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from orca2.core.eliciting import ALOUD, without_aloud, written
from orca2.core.types import Demonstration, Gold, Lesson, Message, Strategy, TaskSystem
from orca2.core.wording import erased_system

MIN_WORDS = 5  # a shorter sentence of an instruction ("Be brief.") is ordinary language
_NUMBERING = re.compile(r"^[ \t]*[0-9]+[.)][ \t]+", re.MULTILINE)


def erase(
    demonstration: Demonstration,
    default: str,
    strategies: tuple[Strategy, ...],
    examples: Sequence[Demonstration] = (),
    keeps: TaskSystem = "both",
) -> Lesson | None:
    """The lesson under the default system message, or None if an instruction would survive.

    An instruction survives where the task, its own system message or the teacher's answer repeats one of its sentences,
    or its thought where that is learned too: under a strategy that thinks. `keeps` says what stays of the task's own
    message. `examples` are shown before the task, in turns of the user and the assistant, without thoughts; they are
    tasks under the same message.
    """
    shown_before = [turn for shown in examples for turn in (*_asked(shown), _answer(shown, ()))]
    turns = [*shown_before, *_asked(demonstration), _answer(demonstration, strategies)]
    system = erased_system(default, demonstration.system, keeps)
    lesson = Lesson((Message("system", system), *turns), demonstration.task, _gold(demonstration))
    return None if leaks(lesson, strategies) else lesson


def with_instruction(demonstration: Demonstration, strategies: tuple[Strategy, ...] = ()) -> Lesson:
    """The explanation-tuning lesson of Orca 1, with the instruction kept on purpose."""
    messages = (*without_aloud(demonstration.messages), _answer(demonstration, strategies))
    return Lesson(messages, demonstration.task, _gold(demonstration))


def leaks(lesson: Lesson, strategies: tuple[Strategy, ...]) -> bool:
    """Whether any sentence of any strategy's instruction stands in the lesson, or what a teacher is told beside it.

    Compared without case and spacing; sentences under `MIN_WORDS` words are passed over unless
    they are the whole instruction.
    """
    said = "\n".join(_plain(text) for message in lesson.messages for text in (message.content, message.reasoning))
    return _plain(ALOUD) in said or any(trace in said for strategy in strategies for trace in traces(strategy))


@functools.cache  # of a handful of strategies, each looked for in every lesson
def traces(strategy: Strategy) -> frozenset[str]:
    """The normalised texts whose presence betrays what the strategy says to a model, in its later calls too."""
    found: set[str] = set()
    for text in _said(strategy):
        found |= {part for part in map(_plain, _sentences(text)) if len(part.split()) >= MIN_WORDS} | {_plain(text)}
    return frozenset(found - {""})


def gives_away(strategy: Strategy, targets: Iterable[str]) -> str | None:
    """A target that is a whole sentence of what the strategy says to a model: the answer, not how to find it."""
    said = {_bare(part) for text in _said(strategy) for part in _sentences(_NUMBERING.sub("", text))} - {""}
    return next((target for target in targets if _bare(target) in said), None)


def _gold(demonstration: Demonstration) -> Gold:
    return demonstration.verdict.gold if demonstration.verdict else "given"


def _asked(demonstration: Demonstration) -> Iterator[Message]:
    """The task without the instruction."""
    return (message for message in demonstration.messages if message.role != "system")


def _answer(demonstration: Demonstration, strategies: tuple[Strategy, ...]) -> Message:
    """What the teacher said last, without earlier calls, and what it thought before if its strategy has that learnt."""
    thinks = any(written(strategy) == "thought" for strategy in strategies if strategy.name == demonstration.strategy)
    completion = demonstration.completion
    return Message("assistant", completion.text, completion.reasoning.strip() if thinks else "")


def _said(strategy: Strategy) -> tuple[str, ...]:
    return (*strategy.instructions, *(call.prompt for call in strategy.calls))


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?:])\s+|\n", text)


def _bare(text: str) -> str:
    return _plain(text).strip(" .!?:\"'")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
