"""Accuracy with what has to stand beside it, and paired comparisons on shared tasks, per family."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from orca2.core.intervals import wilson
from orca2.core.results import Comparison, Result
from orca2.core.statistics import clustered_error, detectable, holm, mcnemar, paired_bootstrap, underpowered
from orca2.core.types import Outcome

READ: tuple[Outcome, ...] = ("correct", "wrong")
UNREADABLE: tuple[Outcome, ...] = ("truncated", "ambiguous", "unextracted", "failed")


class Graded(Protocol):
    """What is counted of an answer: an `Answer`, or an item of a benchmark."""

    @property
    def task(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def tokens(self) -> int: ...
    @property
    def cluster(self) -> str | None: ...


def summary(answers: Sequence[Graded], **names: str) -> Result:
    """The counts of some answers; `names` say whose they are: student, system, family."""
    outcomes = [answer.outcome for answer in answers]
    correct = [int(outcome == "correct") for outcome in outcomes]
    low, high = wilson(sum(correct), len(answers))
    clusters = _clusters(answers)
    return Result(
        items=len(answers),
        correct=sum(correct),
        low=low,
        high=high,
        format_ok=sum(outcome in READ for outcome in outcomes),
        tokens=round(sum(answer.tokens for answer in answers) / len(answers), 2),
        truncated=outcomes.count("truncated"),
        ambiguous=outcomes.count("ambiguous"),
        unextracted=outcomes.count("unextracted"),
        failed=outcomes.count("failed"),
        clustered_error=clustered_error(correct, clusters) if clusters else None,
        **names,
    )


def by_family(ours: Sequence[Graded], theirs: Sequence[Graded], seed: int, **names: str) -> list[Comparison]:
    """The comparison on all shared tasks, then one per family; Holm corrects over the families.

    `names` say of what: student, against, system.
    """
    pairs = _shared(ours, theirs)
    families = sorted({answer.family for answer, _ in pairs})
    rows = [_paired(family, [p for p in pairs if p[0].family == family], seed, names) for family in families]
    rows = [replace(row, p_holm=p) for row, p in zip(rows, holm([row.p for row in rows]), strict=True)]
    return [_paired("all", pairs, seed, names), *rows]


def power(row: Comparison) -> str | None:
    """What too small a comparison could not have shown, as a phrase; None if it is large enough."""
    if not row.underpowered:
        return None
    return f"underpowered: {row.items} items, a difference under {row.detectable:.0f} points would not show"


def _shared(ours: Sequence[Graded], theirs: Sequence[Graded]) -> list[tuple[Graded, Graded]]:
    by_task = {answer.task: answer for answer in theirs}
    return [(answer, by_task[answer.task]) for answer in ours if answer.task in by_task]


def _paired(family: str, pairs: Sequence[tuple[Graded, Graded]], seed: int, names: Mapping[str, str]) -> Comparison:
    """Ours minus theirs in points, with its bootstrap interval, exact McNemar p, and what would have shown."""
    ours, theirs = ([int(pair[side].outcome == "correct") for pair in pairs] for side in (0, 1))
    items = len(pairs)
    gained = sum(a > b for a, b in zip(ours, theirs, strict=True))
    lost = sum(a < b for a, b in zip(ours, theirs, strict=True))
    low, high = paired_bootstrap(ours, theirs, seed, clusters=_clusters([first for first, _ in pairs]))
    p = mcnemar(gained, lost)
    return Comparison(
        family=family,
        items=items,
        gained=gained,
        lost=lost,
        difference=round(100 * (gained - lost) / items, 2),
        low=round(100 * low, 2),
        high=round(100 * high, 2),
        p=p,
        p_holm=p,
        detectable=round(detectable(items, (gained + lost) / items), 1),
        underpowered=underpowered(items),
        **names,
    )


def _clusters(answers: Sequence[Graded]) -> list[str]:
    return [answer.cluster for answer in answers if answer.cluster is not None]
