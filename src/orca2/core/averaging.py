"""Means over the subsets of a benchmark, each weighing the same, and means of ratings, with their intervals."""

from collections.abc import Mapping, Sequence

Z = 1.959963984540054  # of a two-sided 95 % interval


def macro(counts: Mapping[str, tuple[int, int]]) -> tuple[float, float, float]:
    """Mean accuracy over subsets from (correct, items) of each, with its 95 % interval.

    The variance of a subset is that of its accuracy drawn to one half as if one more answer had been right and one
    more wrong (Agresti and Coull's way), so that a subset of few items without a right one is not taken for certain.
    """
    kept = [(correct, items) for correct, items in counts.values() if items]
    if not kept:
        return 0.0, 0.0, 1.0
    mean = sum(correct / items for correct, items in kept) / len(kept)
    drawn = [((correct + 1) / (items + 2), items + 2) for correct, items in kept]
    error = sum(rate * (1 - rate) / items for rate, items in drawn) ** 0.5 / len(kept)
    return mean, max(0.0, mean - Z * error), min(1.0, mean + Z * error)


def rating(scores: Sequence[float], low: float = 1.0, high: float = 10.0) -> tuple[float, float, float]:
    """Mean of scores with its 95 % interval, within the scale; one score alone says nothing of its spread."""
    if not scores:
        return low, low, high
    mean = sum(scores) / len(scores)
    if len(scores) == 1:
        return mean, low, high
    error = (sum((score - mean) ** 2 for score in scores) / (len(scores) - 1) / len(scores)) ** 0.5
    return mean, max(low, mean - Z * error), min(high, mean + Z * error)
