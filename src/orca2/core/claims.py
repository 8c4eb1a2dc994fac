"""What the method claims, and whether measured differences bear it out: holds, does not hold, or cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

ClaimStatus = Literal["holds", "fails", "undecided", "untested"]
Measure = Literal["points", "tokens"]  # points of accuracy, or tokens an answer

SURE = 0.05  # the p-value, Holm's correction made, under which a difference counts as shown


@dataclass(frozen=True, slots=True)
class Aim:
    """What a claim says of an arm against another one.

    `sign` is -1 where less of the measure is better. `not_worse` is enough for a claim that says no more than that.
    `has_margin` is whether a difference within the margin, which is in points, counts as none.
    """

    measure: Measure
    sign: Literal[1, -1] = 1
    not_worse: bool = False
    has_margin: bool = True


BETTER = Aim("points")
NOT_WORSE = Aim("points", not_worse=True)
FEWER_TOKENS = Aim("tokens", sign=-1, has_margin=False)


@dataclass(frozen=True, slots=True)
class Paired:
    """An arm against another one, paired over seeds and items: the difference in the measure of the aim."""

    arm: str
    against: str
    aim: Aim
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    same_lessons: bool = False

    @property
    def gain(self) -> tuple[float, float, float]:
        """The difference and its interval, positive where it is what the claim says."""
        if self.aim.sign > 0:
            return self.difference, self.low, self.high
        return -self.difference, -self.high, -self.low


def decide(test: Paired, margin: float) -> ClaimStatus:
    """One test. Under `margin` points a difference does not matter, so a gain that is surely smaller is none."""
    if test.same_lessons:
        return "undecided"
    gain, low, high = test.gain
    if test.aim.not_worse:
        return "holds" if low > -margin else "fails" if high < 0 else "undecided"
    if gain > 0 and test.p_holm < SURE:
        return "holds"
    if high < (margin if test.aim.has_margin else 0) or (gain < 0 and test.p_holm < SURE):
        return "fails"
    return "undecided"


def combined(verdicts: Sequence[ClaimStatus]) -> ClaimStatus:
    """A claim holds if all of its tests do, and fails if one does."""
    if not verdicts:
        return "untested"
    if "fails" in verdicts:
        return "fails"
    return "undecided" if "undecided" in verdicts else "holds"
