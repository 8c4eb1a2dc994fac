"""The statistics behind every number the project prints: intervals, paired tests, and what a test could have shown."""

from collections.abc import Hashable, Sequence
from statistics import NormalDist

import numpy as np

ENOUGH = 300  # items; below, the 95 % interval of an accuracy is wider than about +/- 5.5 points
DISCORDANT = 0.3  # share of pairs of which one side is right, assumed where none was observed


def wilson(correct: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a proportion, as two numbers in [0, 1]; (0, 1) without trials.

    Source: E. B. Wilson, JASA 22 (1927), 209-212.
    """
    if trials == 0:
        return 0.0, 1.0
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    rate, scale = correct / trials, 1 + z2 / trials
    center = (rate + z2 / (2 * trials)) / scale
    reach = (z2 * (rate * (1 - rate) + z2 / (4 * trials)) / trials) ** 0.5 / scale
    return 0.0 if correct == 0 else center - reach, 1.0 if correct == trials else center + reach


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact McNemar p-value from the two discordant counts; 1.0 if there are none."""
    from scipy.stats import binomtest  # takes half a second to import, which most who need an interval can do without

    pairs = gained + lost
    return float(binomtest(gained, pairs).pvalue) if pairs else 1.0


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
