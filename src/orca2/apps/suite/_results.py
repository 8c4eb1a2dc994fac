"""From graded rows to the figures of each benchmark: accuracy or rating, with all that has to stand beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orca2.core import averaging
from orca2.core.comparing import by_family, summary
from orca2.core.intervals import wilson
from orca2.core.types import Comparison, Outcome

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graded:
    """What is counted of a graded item; its family is the benchmark."""

    task: str
    family: str
    outcome: Outcome
    tokens: int
    cluster: str | None


SEED = 0  # of the bootstrap


def graded(rows: Sequence[Row]) -> dict[str, Any]:
    """The rows of one benchmark under one system message: counts, chance, and the mean over its subsets."""
    subsets = _by_subset(rows)
    found = summary([_graded(row) for row in rows])
    counts = {name: (sum(row["outcome"] == "correct" for row in some), len(some)) for name, some in subsets.items()}
    mean, low, high = averaging.macro(counts)
    chances = {name: sum(row["chance"] for row in some) / len(some) for name, some in subsets.items()}
    several = len(subsets) > 1
    return asdict(found) | {
        "accuracy": mean if several else found.correct / found.items,
        "accuracy_low": low if several else found.low,
        "accuracy_high": high if several else found.high,
        "chance": sum(chances.values()) / len(chances),
        "subsets": [
            {"subset": name, "chance": chances[name], **asdict(summary([_graded(row) for row in some]))}
            for name, some in subsets.items()
        ] if several else [],
    }  # fmt: skip


def rated(rows: Sequence[Row]) -> dict[str, Any]:
    """As `graded`, of answers that a judge rated; `made_up` counts those with a claim that their source lacks."""
    scores = [_score(row) for row in rows if row["scores"]]
    mean, low, high = averaging.rating(scores)
    held = [row["made_up"] for row in rows if row["made_up"] is not None]
    made_up_low, made_up_high = wilson(sum(held), len(held))
    subsets = _by_subset(rows)
    return {
        "items": len(rows), "rated": len(scores), "rating": mean, "low": low, "high": high,
        "held": len(held), "made_up": sum(held), "made_up_low": made_up_low, "made_up_high": made_up_high,
        "tokens": round(sum(row["tokens"] for row in rows) / len(rows), 2),
        **{name: sum(row["outcome"] == name for row in rows) for name in ("truncated", "unextracted", "failed")},
        "subsets": [
            {"subset": name, "items": len(some), "rated": len(given), "rating": averaging.rating(given)[0]}
            for name, some in subsets.items() if (given := [_score(row) for row in some if row["scores"]])
        ] if len(subsets) > 1 else [],
    }  # fmt: skip


def compared(ours: Sequence[Row], theirs: Sequence[Row]) -> list[Comparison]:
    """Ours minus theirs on the items that both answered: all, then each benchmark; Holm corrects over benchmarks."""
    pairs = [[_graded(row) for row in rows if row["measure"] == "graded"] for rows in (ours, theirs)]
    shared = {a.task for a in pairs[0]} & {a.task for a in pairs[1]}
    if not shared:
        return []
    first, second = ([a for a in side if a.task in shared] for side in pairs)
    return by_family(first, second, SEED)


def _graded(row: Row) -> Graded:
    return Graded(row["task"], row["family"], row["outcome"], row["tokens"], row["cluster"])


def _score(row: Row) -> float:
    return float(sum(row["scores"]) / len(row["scores"]))


def _by_subset(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["subset"], []).append(row)
    return found
