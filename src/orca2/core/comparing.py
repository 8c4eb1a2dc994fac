"""Accuracy with what has to stand beside it, and paired comparisons on shared tasks, per family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orca2.core.intervals import wilson
from orca2.core.statistics import clustered_error, detectable, holm, mcnemar, paired_bootstrap, underpowered
from orca2.core.types import Outcome, Verdict

UNREADABLE: tuple[Outcome, ...] = ("truncated", "ambiguous", "unextracted", "failed")


@dataclass(frozen=True, slots=True)
class Answer:
    """One graded answer. Items of one `cluster` share something, a passage for instance."""

    task: str
    family: str
    verdict: Verdict
    tokens: int
    cluster: str | None = None


def answer(row: Mapping[str, Any]) -> Answer:
    """From a row of `answers.jsonl`."""
    verdict = Verdict(row["outcome"], row["answer"], row["why"], row.get("where"), row.get("read_by", ""))
    return Answer(row["task"], row["family"], verdict, row["tokens"], row["cluster"])


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Accuracy counts with the 95 % Wilson interval, format-OK, mean tokens and the unreadable outcomes.

    `clustered_error` is there if the answers name clusters.
    """
    correct = [int(answer.verdict.correct) for answer in answers]
    low, high = wilson(sum(correct), len(answers))
    outcomes = [answer.verdict.outcome for answer in answers]
    found: dict[str, Any] = {
        "items": len(answers),
        "correct": sum(correct),
        "low": low,
        "high": high,
        "format_ok": sum(answer.verdict.format_ok for answer in answers),
        "tokens": round(sum(answer.tokens for answer in answers) / len(answers), 2),
        **{name: outcomes.count(name) for name in UNREADABLE},
    }
    clusters = _clusters(answers)
    return found | {"clustered_error": clustered_error(correct, clusters)} if clusters else found


def by_family(ours: Sequence[Answer], theirs: Sequence[Answer], seed: int) -> list[dict[str, Any]]:
    """The comparison on all shared tasks, then one per family; Holm corrects over the families."""
    pairs = _shared(ours, theirs)
    families = sorted({answer.family for answer, _ in pairs})
    rows = [_paired(family, [p for p in pairs if p[0].family == family], seed) for family in families]
    for row, p in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_holm"] = p
    total = _paired("all", pairs, seed)
    return [total | {"p_holm": total["p"]}, *rows]


def power(row: Mapping[str, Any]) -> str | None:
    """What too small a comparison could not have shown, as a phrase; None if it is large enough."""
    if not row["underpowered"]:
        return None
    return f"underpowered: {row['items']} items, a difference under {row['detectable']:.0f} points would not show"


def _shared(ours: Sequence[Answer], theirs: Sequence[Answer]) -> list[tuple[Answer, Answer]]:
    by_task = {answer.task: answer for answer in theirs}
    return [(answer, by_task[answer.task]) for answer in ours if answer.task in by_task]


def _paired(family: str, pairs: Sequence[tuple[Answer, Answer]], seed: int) -> dict[str, Any]:
    """Ours minus theirs in points, with its bootstrap interval, exact McNemar p, and what would have shown."""
    ours, theirs = ([int(pair[side].verdict.correct) for pair in pairs] for side in (0, 1))
    items = len(pairs)
    gained = sum(a > b for a, b in zip(ours, theirs, strict=True))
    lost = sum(a < b for a, b in zip(ours, theirs, strict=True))
    low, high = paired_bootstrap(ours, theirs, seed, clusters=_clusters([first for first, _ in pairs]))
    return {
        "family": family,
        "items": items,
        "gained": gained,
        "lost": lost,
        "difference": round(100 * (gained - lost) / items, 2),
        "low": round(100 * low, 2),
        "high": round(100 * high, 2),
        "p": mcnemar(gained, lost),
        "detectable": round(detectable(items, (gained + lost) / items), 1),
        "underpowered": underpowered(items),
    }


def _clusters(answers: Sequence[Answer]) -> list[str]:
    return [answer.cluster for answer in answers if answer.cluster is not None]
