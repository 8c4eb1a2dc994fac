"""The statistics behind every number the project prints: intervals and paired tests."""

from scipy.stats import binomtest


def wilson(correct: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a proportion, as two numbers in [0, 1]; (0, 1) without trials.

    Source: E. B. Wilson, JASA 22 (1927), 209-212.
    """
    if trials == 0:
        return 0.0, 1.0
    interval = binomtest(correct, trials).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact McNemar p-value from the two discordant counts; 1.0 if there are none."""
    pairs = gained + lost
    return float(binomtest(gained, pairs).pvalue) if pairs else 1.0


def sign_test(wins: int, losses: int) -> float:
    """One-sided exact p-value that `wins` of the discordant pairs is more than chance."""
    pairs = wins + losses
    return float(binomtest(wins, pairs, alternative="greater").pvalue) if pairs else 1.0
