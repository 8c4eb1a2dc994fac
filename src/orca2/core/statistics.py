"""The statistics behind every comparison that the project prints: paired tests, and what a test could have shown."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

ENOUGH = 300  # items; below, the 95 % interval of an accuracy is wider than about +/- 5.5 points
DISCORDANT = 0.3  # share of pairs of which one side is right, assumed where none was observed


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact McNemar p-value from the two discordant counts; 1.0 if there are none."""
    from scipy.stats import binomtest  # takes half a second to import, which most who need an interval can do without

    pairs = gained + lost
    return float(binomtest(gained, pairs).pvalue) if pairs else 1.0


def exact_interval(count: int, trials: int) -> tuple[float, float]:
    """95 % interval of a proportion that holds it at least so often, whatever it is; (0, 1) without trials.

    Source: C. Clopper, E. Pearson, Biometrika 26 (1934), 404-413. Wilson's holds it so often on average only, and less
    so near 0, where false golds are.
    """
    from scipy.stats import binomtest

    if not trials:
        return 0.0, 1.0
    found = binomtest(count, trials).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)


def sign_test(wins: int, losses: int) -> float:
    """One-sided exact p-value that `wins` of the discordant pairs is more than chance."""
    from scipy.stats import binomtest

    pairs = wins + losses
    return float(binomtest(wins, pairs, alternative="greater").pvalue) if pairs else 1.0


def paired_bootstrap(
    ours: Sequence[int], theirs: Sequence[int], seed: int, draws: int = 10_000, clusters: Sequence[Hashable] = ()
) -> tuple[float, float]:
    """95 % percentile interval of mean(ours) - mean(theirs), two paired 0/1 sequences of one item or more.

    Items are drawn with replacement, or whole clusters where `clusters` names one for each item. Clusters
    with the same sum and size are alike, so a draw of them is one multinomial draw over the kinds.
    """
    differences = np.subtract(ours, theirs, dtype=np.int64)
    sizes = np.ones(len(differences), dtype=np.int64)
    if clusters:
        places = _places(clusters)
        differences, sizes = np.bincount(places, differences), np.bincount(places)
    kinds, counts = np.unique(np.stack([differences, sizes], axis=1), axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(len(sizes), counts / len(sizes), size=draws)
    low, high = np.percentile(drawn @ kinds[:, 0] / (drawn @ kinds[:, 1]), [2.5, 97.5])
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class Crossed:
    """A mean over seeds and items with its 95 % interval, and the two-sided p-value that it is 0."""

    mean: float
    low: float
    high: float
    p: float


def crossed(values: NDArray[np.float64]) -> Crossed:
    """The mean of (seeds, items) where both are drawn from many: other seeds and other items would do.

    Two crossed random effects without repeats: the variance of the mean is (MS_seeds + MS_items - MS_rest) / (S N),
    at least what either effect gives alone, and t has Satterthwaite's degrees of freedom. With one seed it speaks of
    other items only. Source: Searle, Casella, McCulloch, Variance Components (1992), section 4.7; Satterthwaite,
    Biometrics Bulletin 2 (1946), 110-114.
    """
    seeds, items = values.shape
    mean = float(values.mean())
    rows, columns = values.mean(axis=1), values.mean(axis=0)
    by_items = seeds * float(np.sum((columns - mean) ** 2)) / max(items - 1, 1)
    if seeds == 1:
        return _t(mean, by_items / items, items - 1)
    by_seeds = items * float(np.sum((rows - mean) ** 2)) / (seeds - 1)
    rest = values - rows[:, None] - columns[None, :] + mean
    left = float(np.sum(rest**2)) / ((seeds - 1) * max(items - 1, 1))
    both = by_seeds + by_items - left
    parts = [(by_seeds, seeds - 1), (by_items, items - 1), (left, (seeds - 1) * (items - 1))]
    if both < max(by_seeds, by_items):
        parts = [max(parts[:2])]
        both = parts[0][0]
    spread = sum(square**2 / max(df, 1) for square, df in parts)
    return _t(mean, both / (seeds * items), both**2 / spread if spread else 1.0)


def never_seen(items: int, confidence: float = 0.95) -> float:
    """The largest share of items, one-sided, that may differ where none of so many did (the rule of three)."""
    return float(1 - (1 - confidence) ** (1 / max(items, 1)))


def _t(mean: float, variance: float, df: float) -> Crossed:
    if variance <= 0 or df <= 0:
        return Crossed(mean, mean, mean, 1.0 if mean == 0 else 0.0)
    from scipy.stats import t

    error = variance**0.5
    reach = float(t.isf(0.025, df)) * error
    return Crossed(mean, mean - reach, mean + reach, float(2 * t.sf(abs(mean) / error, df)))


def holm(ps: Sequence[float]) -> list[float]:
    """p-values adjusted for being a family of tests, in the order given (Holm, Scand. J. Stat. 6 (1979), 65-70)."""
    adjusted, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[index]))
        adjusted[index] = highest
    return adjusted


def clustered_error(values: Sequence[float], clusters: Sequence[Hashable]) -> float | None:
    """Cluster-robust standard error of a mean, CR1: the sums of each cluster's residuals, times G / (G - 1).

    With each item its own cluster it is the plain error s / sqrt(n); None if there is but one cluster.
    Source: E. Miller, "Adding error bars to evals" (arXiv 2411.00640), section 2.2.
    """
    sums = np.bincount(_places(clusters), np.subtract(values, np.mean(values)))
    if len(sums) < 2:
        return None
    return float(np.sqrt(np.sum(sums**2) * len(sums) / (len(sums) - 1)) / len(values))


def detectable(items: int, discordant: float = DISCORDANT) -> float:
    """The smallest paired difference, in points, that a two-sided test at 0.05 shows with power 0.8.

    Solves items * d^2 = (z_alpha sqrt(r) + z_beta sqrt(r - d^2))^2 for d (Connor, Biometrics 43 (1987), 207-211),
    r the rate of discordant pairs, taken no lower than where every such pair points one way.
    """
    alpha, beta = NormalDist().inv_cdf(0.975), NormalDist().inv_cdf(0.8)
    least = (alpha + beta) ** 2  # pairs that have to differ, all one way, before anything shows
    if items <= least:
        return 100.0
    rate = max(discordant, least / items)
    root = (items + beta**2 - alpha**2) ** 0.5
    return float(min(100.0, 100 * rate**0.5 * (alpha * items**0.5 + beta * root) / (items + beta**2)))


def underpowered(items: int) -> bool:
    """Fewer items than a small difference takes."""
    return items < ENOUGH


def _places(clusters: Sequence[Hashable]) -> list[int]:
    """Each item's cluster as a number, counted up in order of appearance."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(cluster, len(numbers)) for cluster in clusters]
