"""An answer for each item and system message, with what a grader or a judge made of it."""

from collections.abc import Sequence
from typing import Any

from orca2.apps.suite._answers import Asked, Said
from orca2.apps.suite._types import ItemAnswer
from orca2.asking.client import ModelClient
from orca2.benchmarks import Loaded
from orca2.core.identity import task_id
from orca2.core.types import Completion
from orca2.grading.rating import Open, Rating, rate
from orca2.grading.settling import verdict_fields
from orca2.grading.verdicts import verdicts


def grade(asked: Sequence[tuple[Loaded, Asked]], said: Sequence[Said], judge: ModelClient | None) -> list[ItemAnswer]:
    """In the order of `asked`; open answers go to the judge, all others to their graders."""
    pairs = list(zip(asked, said, strict=True))
    closed = [(row.item.task, answer[-1]) for (each, row), answer in pairs if each.benchmark.measure == "graded"]
    found = iter(verdicts([task for task, _ in closed], [completion for _, completion in closed], strict=False))
    opened = [(row, answer) for (each, row), answer in pairs if each.benchmark.measure != "graded"]
    ratings = iter(_rated(opened, judge) if judge else [])
    return [
        _answer(
            each, row, answer,
            verdict_fields(next(found)) if each.benchmark.measure == "graded" else _rating(answer, next(ratings)),
        )
        for (each, row), answer in pairs
    ]  # fmt: skip


def _answer(each: Loaded, asked: Asked, said: Said, measured: dict[str, Any]) -> ItemAnswer:
    item, last = asked.item, said[-1]
    return ItemAnswer(
        task=item.task.id,
        family=each.name,
        subset=item.subset,
        system=asked.system,
        measure=each.benchmark.measure,
        prompt=item.task.prompt,
        follow_ups=item.follow_ups,
        references=item.references,
        target=item.task.target,
        grader=item.task.grader,
        chance=item.chance,
        cluster=task_id(item.cluster) if item.cluster else item.task.id,
        max_tokens=asked.max_tokens,
        response=last.text,
        earlier=[part.text for part in said[:-1]],
        finish_reason=last.finish_reason,
        tokens=sum(part.tokens_out for part in said),
        **measured,
    )


def _rated(opened: Sequence[tuple[Asked, Said]], judge: ModelClient) -> list[Rating]:
    """The ratings of all; an answer that failed or is empty is not shown to the judge."""
    fit = [index for index, (_, said) in enumerate(opened) if all(part.text for part in said)]
    found = dict(zip(fit, rate(judge, [_open(*opened[index]) for index in fit]), strict=True))
    return [found.get(index, Rating((), None, "")) for index in range(len(opened))]


def _open(asked: Asked, said: Sequence[Completion]) -> Open:
    item = asked.item
    turns = tuple(zip((item.task.prompt, *item.follow_ups), (part.text for part in said), strict=False))
    return Open(turns, item.references or (item.task.target,), item.source)


def _rating(said: Said, rating: Rating) -> dict[str, Any]:
    """The fields of an open answer, never right or wrong; what kept it from being whole stands as its outcome."""
    outcome = "rated" if rating.scores else "unrated"
    if any(part.error for part in said):
        outcome = "failed"
    elif not all(part.text for part in said):
        outcome = "unextracted"
    elif any(part.finish_reason == "length" for part in said):
        outcome = "truncated"
    error = next((part.error for part in said if part.error), None)
    return {
        "outcome": outcome, "answer": None, "why": error or rating.said, "scores": rating.scores,
        "made_up": rating.made_up,
    }  # fmt: skip
