"""What the method claims, and whether measured differences bear it out: holds, does not hold, or cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ClaimStatus = Literal["holds", "fails", "undecided", "untested"]
Aim = Literal["better", "not worse", "fewer tokens"]

SURE = 0.05  # the p-value, Holm's correction made, under which a difference counts as shown


@dataclass(frozen=True, slots=True)
class Paired:
    """An arm against another one, paired over seeds and items: the difference in points, or in tokens an answer."""

    arm: str
    against: str
    aim: Aim
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    same_lessons: bool = False


def decide(test: Paired, margin: float) -> ClaimStatus:
    """One test. Under `margin` points a difference does not matter, so a gain that is surely smaller is none."""
    if test.same_lessons:
        return "undecided"
    if test.aim == "not worse":
        return "holds" if test.low > -margin else "fails" if test.high < 0 else "undecided"
    gain, low, high = test.difference, test.low, test.high
    if test.aim == "fewer tokens":
        gain, low, high, margin = -gain, -high, -low, 0.0
    if gain > 0 and test.p_holm < SURE:
        return "holds"
    if high < margin or (gain < 0 and test.p_holm < SURE):
        return "fails"
    return "undecided"


def combined(verdicts: Sequence[ClaimStatus]) -> ClaimStatus:
    """A claim holds if all of its tests do, and fails if one does."""
    if not verdicts:
        return "untested"
    if "fails" in verdicts:
        return "fails"
    return "undecided" if "undecided" in verdicts else "holds"
