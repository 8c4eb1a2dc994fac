"""The closed loop's decisions: which families are weak, how much can be asked, and whether a round is kept."""

from collections.abc import Mapping, Sequence
from typing import Literal

from orca2.core.comparing import Graded, by_family
from orca2.core.results import Comparison
from orca2.core.types import Choice

RoundPart = Literal["weak", "others", "all"]  # the families that a round was about, those that it was not, and both


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
    ours: Sequence[Graded], theirs: Sequence[Graded], families: Sequence[str], seed: int
) -> dict[RoundPart, Comparison]:
    """Ours minus theirs on each part that there is; `families` are the weak ones."""
    parts: dict[RoundPart, Sequence[Graded]] = {
        "weak": [answer for answer in ours if answer.family in families],
        "others": [answer for answer in ours if answer.family not in families],
        "all": ours,
    }
    return {part: by_family(some, theirs, seed)[0] for part, some in parts.items() if some}


def is_kept(found: Mapping[RoundPart, Comparison]) -> bool:
    """A round is kept if its families gain beyond the interval and the others are not shown to lose."""
    others_lose = "others" in found and found["others"].high < 0
    return found["weak"].low > 0 and found["all"].difference > 0 and not others_lose
