"""The verdict on an answer that no judge has to see: what cut-off, empty and failed answers count as."""

from dataclasses import replace
from typing import Any

from orca2.core.types import Completion, Task, Verdict
from orca2.graders import grade, grader_of
from orca2.graders.judge import Judge
from orca2.reading.places import looped


def settled(task: Task, completion: Completion, strict: bool, limit: str = "") -> Verdict | None:
    """The verdict that needs no judge; None if one has to be asked. `limit` is the key of the recipe that bounds the
    answer, with its value: what a cut one says is to be raised."""
    found = _settled(task, completion, strict, limit)
    return replace(found, gold=task.gold) if found is not None and found.gold != task.gold else found


def _settled(task: Task, completion: Completion, strict: bool, limit: str) -> Verdict | None:
    if (unreadable := _unreadable(completion, strict, limit)) is not None:
        return unreadable
    cut = completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    found = grade(task, loop or completion.text)
    if not found.correct and isinstance(grader_of(task), Judge):
        return None
    return when_cut(found) if cut and not loop else found


def _unreadable(completion: Completion, strict: bool, limit: str) -> Verdict | None:
    """The verdict on an answer that no grader needs to see."""
    if completion.finish_reason == "error":
        return Verdict("failed", None, completion.error or "the call failed")
    cut, thought = completion.finish_reason == "length", bool(completion.reasoning or completion.reasoning_tokens)
    if not completion.text.strip():
        if not cut and not thought:
            return Verdict("unextracted", None, "empty answer")
        return Verdict("truncated", None, out_of_room(completion, limit) if cut else "it ended while thinking")
    if cut and strict:
        return Verdict("truncated", None, out_of_room(completion, limit) if thought else "cut at the token limit")
    return None


def out_of_room(completion: Completion, limit: str) -> str:
    """Why a cut answer has no room, beside its thoughts if there were any, and what is to be raised."""
    thought = bool(completion.reasoning or completion.reasoning_tokens)
    if completion.text.strip():
        what = "cut at the token limit"
    else:
        what = "thinking left no room for the answer" if thought else "cut at the token limit before any answer"
    share = f": {completion.reasoning_tokens:,} of {completion.tokens_out:,} tokens were thoughts"
    return f"{what}{share if completion.reasoning_tokens else ''}{f'; raise {limit}' if limit else ''}"


def when_cut(verdict: Verdict) -> Verdict:
    """What a cut answer comes to: its last statement is no conclusion, so only a stated answer counts."""
    if verdict.correct and verdict.where != "last":
        return verdict
    return Verdict("truncated", verdict.answer, "cut at the token limit", verdict.where, verdict.grader)


def verdict_fields(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the fields of a row; `read_by` is the grader that read the answer."""
    return {
        "outcome": verdict.outcome, "answer": verdict.answer, "why": verdict.why, "where": verdict.where,
        "read_by": verdict.grader,
    }  # fmt: skip
