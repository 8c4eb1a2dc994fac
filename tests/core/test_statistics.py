import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from orca2.core.statistics import mcnemar, sign_test, wilson


@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_holds_the_proportion_and_stays_in_range(correct: int, trials: int) -> None:
    correct = min(correct, trials)
    low, high = wilson(correct, trials)
    assert 0 <= low <= correct / trials + 1e-12 and correct / trials - 1e-12 <= high <= 1


def test_wilson_against_the_formula() -> None:
    z, p, n = 1.959963984540054, 0.3, 50
    centre, spread = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    expected = [(centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)]
    assert wilson(15, 50) == pytest.approx(expected)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_against_the_binomial(gained: int, lost: int) -> None:
    n, k = gained + lost, min(gained, lost)
    expected = min(1.0, 2 * binom.cdf(k, n, 0.5)) if n else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(gained, lost) == pytest.approx(mcnemar(lost, gained))


def test_sign_test_is_one_sided() -> None:
    assert sign_test(5, 0) == pytest.approx(1 / 32)
    assert sign_test(0, 5) == 1.0
    assert sign_test(0, 0) == 1.0
