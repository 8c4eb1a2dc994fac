"""Racing strategies on the same tasks: who is out and who has won, at any point of the trials.

Two strategies are compared on the tasks that only one of them got right. A dearer one takes over from a cheaper one
if there is evidence that it is better and its gain is worth its tokens. The evidence is looked at after every round:
on the way by an e-value, which stays valid however often one looks, and once more when there are no more trials to be
had, by the exact sign test. The two share the error that is allowed, `alpha`.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp, inf, log, sqrt
from typing import Literal

from scipy.special import betaincc, betaln, log_ndtr, ndtri

from orca2.core.statistics import sign_test

RaceStatus = Literal["decided", "tie", "undecided"]

INTERIM_SHARE = 0.2  # of the error, for the interim analyses; the rest is for the last one
HOPE = 0.02  # a strategy is out once it would win with less than this probability were all tasks tried
NEAR = 0.10  # an advantage of ten points that is not excluded leaves a family undecided
FIRST, GROWTH = 12, 1.25  # tasks of the first round, and how much each round adds to them


@dataclass(frozen=True, slots=True)
class Rules:
    """`alpha`: the probability of a false "better" in a family. `tokens_per_point`: the tokens an answer that one point
    of accuracy may cost."""

    alpha: float = 0.05
    tokens_per_point: float = 25.0


@dataclass(frozen=True, slots=True)
class TrialRecord:
    """The tries of one strategy: which tasks it got right, and its mean tokens an answer."""

    right: Mapping[Hashable, bool]
    tokens: float


@dataclass(frozen=True, slots=True)
class Race:
    """Who is left, cheapest first; why each other one is out; what is known of each one left but the first.

    Of the first one left: it is "decided" if no dearer one can be worth more, a "tie" if only by less than `NEAR`.
    """

    surviving: tuple[str, ...]
    eliminated: Mapping[str, str]
    undecided: Mapping[str, str]
    status: RaceStatus

    @property
    def over(self) -> bool:
        return len(self.surviving) == 1


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """A dearer strategy against a cheaper one on `pairs` of `pool` tasks: what only the one and only the other got
    right, and the advantage, as a share of tasks, that pays for the dearer one's tokens."""

    pairs: int
    pool: int
    wins: int
    losses: int
    margin: float

    @property
    def gain(self) -> float:
        return (self.wins - self.losses) / self.pairs if self.pairs else 0.0

    @property
    def spread(self) -> float:
        """Standard deviation of one pair's difference, one imagined win and loss included."""
        rate = (self.wins + self.losses + 2) / (self.pairs + 2)
        return sqrt(rate - ((self.wins - self.losses) / (self.pairs + 2)) ** 2)

    def won(self, alpha: float) -> bool:
        """Whether the dearer one takes over: better beyond chance, and worth its tokens."""
        if self.gain <= 0 or self.gain < self.margin:
            return False
        if self.pairs >= self.pool and sign_test(self.wins, self.losses) < (1 - INTERIM_SHARE) * alpha:
            return True
        return evidence(self.wins, self.losses) >= log(1 / (INTERIM_SHARE * alpha))

    def win_probability(self, alpha: float) -> float:
        """That the dearer one would win with all tasks tried, if the rest are like those that were."""
        rest = self.pool - self.pairs
        if rest <= 0:
            return float(self.won(alpha))
        if not self.pairs:
            return 1.0
        needed = max(self.margin, -ndtri((1 - INTERIM_SHARE) * alpha) * self.spread / sqrt(self.pool))
        standard_error = rest / self.pool * self.spread * sqrt(1 / self.pairs + 1 / rest)
        return exp(float(log_ndtr((self.gain - needed) / standard_error)))

    def upper_bound(self) -> float:
        """The largest advantage beyond the margin that the trials leave possible (one-sided 95 %)."""
        return self.gain + 1.645 * self.spread / sqrt(self.pairs) - self.margin if self.pairs else inf

    def __str__(self) -> str:
        return f"+{self.wins}/-{self.losses} of {self.pairs} tasks"


def evidence(wins: int, losses: int) -> float:
    """Logarithm of the e-value against "no better": the mean likelihood ratio over rates of winning above a half.

    Its expectation stays at 1 or below at every stopping time if the rate is a half or less, so it exceeds 1/a with
    probability a at most (Ville). Source: H. Robbins, Ann. Math. Stat. 41 (1970), 1397-1409.
    """
    above = float(betaincc(wins + 1, losses + 1, 0.5))
    if above <= 0:
        return -inf
    return (wins + losses + 1) * log(2) + float(betaln(wins + 1, losses + 1)) + log(above)


def compare_pair(dear: TrialRecord, cheap: TrialRecord, pool: int, rules: Rules) -> PairedComparison:
    shared = dear.right.keys() & cheap.right.keys()
    wins = sum(dear.right[task] and not cheap.right[task] for task in shared)
    losses = sum(cheap.right[task] and not dear.right[task] for task in shared)
    margin = max(dear.tokens - cheap.tokens, 0.0) / (100 * rules.tokens_per_point)
    return PairedComparison(len(shared), max(pool, len(shared)), wins, losses, margin)


def race(records: Mapping[str, TrialRecord], pool: int, rules: Rules) -> Race:
    """Where the strategies of one family stand. `pool` is how many tasks each may be tried on, at most."""
    order = sorted(records, key=lambda name: (records[name].tokens, name))
    alpha = rules.alpha / max(len(order) - 1, 1)
    eliminated: dict[str, str] = {}
    beaten: set[str] = set()
    for cheap, dear in combinations(order, 2):
        comparison = compare_pair(records[dear], records[cheap], pool, rules)
        if dear in eliminated:
            continue
        if comparison.won(alpha):
            eliminated.setdefault(cheap, f"{dear} beats it: {comparison}")
            beaten.add(cheap)
        elif (
            cheap not in eliminated and comparison.pairs < comparison.pool and comparison.win_probability(alpha) < HOPE
        ):
            eliminated[dear] = f"cannot beat {cheap} any more: {comparison}"
    surviving = tuple(name for name in order if name not in eliminated)
    against = {
        name: compare_pair(records[name], records[surviving[0]], pool, rules) for name in order if name != surviving[0]
    }
    undecided = {name: f"not shown to beat {surviving[0]}: {against[name]}" for name in surviving[1:]}
    possible = max(
        (comparison.upper_bound() for name, comparison in against.items() if name not in beaten), default=-inf
    )
    status: RaceStatus = "decided" if possible < 0 else "tie" if possible < NEAR else "undecided"
    return Race(surviving, eliminated, undecided, status)


def upcoming(tried: int, pool: int) -> int:
    """To how many tasks the next round goes on."""
    return min(max(FIRST, int(tried * GROWTH) + 1), pool)
