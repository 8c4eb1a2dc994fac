"""The interval of a proportion, apart from the other statistics because it needs no numpy."""

from statistics import NormalDist


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
