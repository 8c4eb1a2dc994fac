"""The closed loop's decisions: which families are weak, how much can be asked, and whether a round is kept."""

from collections.abc import Mapping, Sequence

from orca2.core.comparing import Graded, by_family
from orca2.core.types import Choice


def weakest(right: Mapping[str, tuple[int, int]]) -> list[str]:
    """Families below the mean, the weakest first, at most half of them but one at least; none where all is right.

    `right` maps a family to (right, tried).
    """
    rates = {family: correct / max(tried, 1) for family, (correct, tried) in right.items()}
    order = sorted(rates, key=lambda family: (rates[family], family))
    if rates[order[0]] == 1:
        return []
    mean = sum(rates.values()) / len(rates)
    return [family for family in order if rates[family] < mean][: max(1, len(order) // 2)] or order[:1]


def strategy_now(before: str, again: Choice) -> str:
    """The strategy of a family that was profiled again: another one only where the trials decide.

    A student from erased lessons obeys instructions badly, so a tie says little of the strategies.
    """
    return again.chosen if again.status == "decided" else before


def affordable(left: int, tokens: int, demonstrations: int) -> int:
    """How many more demonstrations so many tokens buy, at what the ones before took on average."""
    return left * demonstrations // max(tokens, 1)


def gain(
    ours: Sequence[Graded], theirs: Sequence[Graded], families: list[str], seed: int
) -> dict[str, dict[str, float]]:
    """The paired difference, in points, on the families that a round was about, on the others, and on all."""
    parts = {
        "weak": [answer for answer in ours if answer.family in families],
        "others": [answer for answer in ours if answer.family not in families],
        "all": ours,
    }
    rows = {name: by_family(some, theirs, seed)[0] for name, some in parts.items() if some}
    return {
        name: {"difference": row.difference, "low": row.low, "high": row.high, "p": row.p, "items": row.items}
        for name, row in rows.items()
    }


def is_kept(found: Mapping[str, Mapping[str, float]]) -> bool:
    """A round is kept if its families gain beyond the interval and the others are not shown to lose."""
    return found["weak"]["low"] > 0 and found["all"]["difference"] > 0 and found.get("others", {"high": 0})["high"] >= 0
