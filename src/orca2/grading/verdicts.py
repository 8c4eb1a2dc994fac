"""From completions to verdicts: what cut-off, empty and failed answers count as, and which go to a judge."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from orca2.asking.engine import Ask, each
from orca2.core.nouns import Completion, Task, Verdict
from orca2.graders import grade, grader_of
from orca2.graders.judge import Judge
from orca2.grading.judging import Panel, judged, named
from orca2.reading.places import looped
from orca2.reading.thoughts import without_thoughts

# Where the answer of a cut response may stand; its last statement is no conclusion.
_CONCLUDED = ("field", "stated", "corrected", "first", "opening", "whole")


def verdicts(
    tasks: Sequence[Task], completions: Sequence[Completion], strict: bool, panel: Panel | None = None
) -> list[Verdict]:
    """Grade each answer with its task's own grader, in order; nothing that a model writes makes it raise.

    An answer cut at the token limit is truncated when `strict`: a demonstration cut short must never be
    trained on. A zero-shot answer that stated the right thing, or repeats it to the end, is given the
    benefit, so that a rambling base model is not undersold; any other counts as truncated, with the answer
    that was read.
    """
    rows = list(zip(tasks, completions, strict=True))
    found = {index: _settled(*row, strict) for index, row in enumerate(rows)}
    opened = [index for index, verdict in found.items() if verdict is None]
    if opened:
        asker = named(panel).asker
        weighed = each(asker, iter(opened), lambda index, ask: _judged(*rows[index], panel, ask), "judge", len(opened))
        found |= dict(weighed)
    return [verdict for index in range(len(rows)) if (verdict := found[index]) is not None]


async def verdict(
    task: Task, completion: Completion, strict: bool, panel: Panel | None, ask: Ask, threads: ThreadPoolExecutor
) -> Verdict:
    """As `verdicts`, of one answer while others are still asked for: `ask` asks the judge too."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(threads, _settled, task, completion, strict)
    return found if found is not None else await _judged(task, completion, panel, ask)


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the fields of a row; `read_by` is the grader that read the answer."""
    return {
        "outcome": verdict.outcome, "answer": verdict.answer, "why": verdict.why, "where": verdict.where,
        "read_by": verdict.grader,
    }  # fmt: skip


def _settled(task: Task, completion: Completion, strict: bool) -> Verdict | None:
    """The verdict that needs no judge; None if one has to be asked."""
    if (unreadable := _unreadable(completion, strict)) is not None:
        return unreadable
    cut = completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    found = grade(task, loop or completion.text)
    if not found.correct and isinstance(grader_of(task), Judge):
        return None
    return _cut(found) if cut and not loop else found


def _unreadable(completion: Completion, strict: bool) -> Verdict | None:
    """The verdict on an answer that no grader needs to see."""
    if completion.finish_reason == "error":
        return Verdict("failed", None, completion.error or "the call failed")
    if not completion.text.strip():
        return Verdict("unextracted", None, "empty answer")
    if completion.finish_reason == "length" and strict:
        return Verdict("truncated", None, "cut at the token limit")
    return None


def _cut(verdict: Verdict) -> Verdict:
    """What a cut answer comes to: its last statement is no conclusion, so only a stated answer counts."""
    if verdict.correct and verdict.where in _CONCLUDED:
        return verdict
    return Verdict("truncated", verdict.answer, "cut at the token limit", verdict.where, verdict.grader)


async def _judged(task: Task, completion: Completion, panel: Panel | None, ask: Ask) -> Verdict:
    """What the judge says of an open answer, its thoughts left out."""
    cut = completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    text, in_thoughts = without_thoughts(loop or completion.text)
    if in_thoughts:
        return Verdict("truncated", None, "cut off while thinking", None, "judge")
    found = await judged(task, text, named(panel), ask)
    return _cut_judged(found) if cut and not loop else found


def _cut_judged(verdict: Verdict) -> Verdict:
    return verdict if verdict.correct else Verdict("truncated", verdict.answer, "cut at the token limit", None, "judge")
