"""Every statistic against SciPy or statsmodels on random tables, and the intervals' coverage on simulated ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.intervals import wilson
from orca2.core.statistics import (
    clustered_error,
    crossed,
    detectable,
    exact_interval,
    holm,
    mcnemar,
    never_seen,
    paired_bootstrap,
    sign_test,
    underpowered,
)
from tests.laws import examples

counts = st.integers(0, 200)
bits = st.integers(0, 1)


@pytest.mark.slow
@given(st.integers(0, 300), st.integers(1, 300))
def test_wilson_against_statsmodels(correct: int, trials: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    correct = min(correct, trials)
    low, high = wilson(correct, trials)
    assert (low, high) == pytest.approx(proportion_confint(correct, trials, method="wilson"), abs=1e-12)
    assert 0 <= low <= correct / trials + 1e-12 and correct / trials - 1e-12 <= high <= 1


def test_wilson_without_trials_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.slow
@given(counts, counts, counts, counts)
def test_mcnemar_against_statsmodels(both: int, gained: int, lost: int, neither: int) -> None:
    from statsmodels.stats.contingency_tables import mcnemar as sm_mcnemar

    table = [[both, gained], [lost, neither]]
    expected = float(sm_mcnemar(table, exact=True).pvalue) if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected, rel=1e-9)
    assert mcnemar(gained, lost) == pytest.approx(mcnemar(lost, gained))


def test_sign_test_is_one_sided() -> None:
    assert sign_test(5, 0) == pytest.approx(1 / 32)
    assert sign_test(0, 5) == 1.0
    assert sign_test(0, 0) == 1.0


@examples(20)  # statsmodels takes 45 ms a call
@given(st.lists(st.floats(0, 1), max_size=30))
@pytest.mark.slow
def test_holm_against_statsmodels(ps: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    expected = multipletests(ps, method="holm")[1] if ps else []
    assert holm(ps) == pytest.approx(list(expected))


@pytest.mark.slow
@given(st.lists(st.tuples(bits, st.integers(0, 6)), min_size=2, max_size=60))
def test_clustered_error_against_a_regression(items: list[tuple[int, int]]) -> None:
    import statsmodels.api as sm

    values, clusters = [float(value) for value, _ in items], [cluster for _, cluster in items]
    found = clustered_error(values, clusters)
    if len(set(clusters)) == 1:
        assert found is None
        return
    model = sm.OLS(values, np.ones(len(values)))
    expected = model.fit(cov_type="cluster", cov_kwds={"groups": np.array(clusters), "use_correction": True}).bse[0]
    assert found == pytest.approx(expected, abs=1e-9)


@given(st.lists(bits, min_size=2, max_size=60))
def test_clustered_error_is_the_plain_one_without_clusters(values: list[int]) -> None:
    from scipy.stats import sem

    assert clustered_error(values, range(len(values))) == pytest.approx(sem(values))


def test_items_that_repeat_each_other_count_once() -> None:
    """Ten items, each asked five times: the error of ten items, not of fifty."""
    from scipy.stats import sem

    values = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1]
    repeated = [value for value in values for _ in range(5)]
    clusters = [item for item in range(10) for _ in range(5)]
    assert clustered_error(repeated, clusters) == pytest.approx(sem(values))


@examples(15)
@given(st.lists(st.tuples(bits, bits), min_size=20, max_size=200), st.integers(0, 99))
def test_bootstrap_against_scipy(pairs: list[tuple[int, int]], seed: int) -> None:
    from scipy.stats import bootstrap

    ours, theirs = zip(*pairs, strict=True)
    if len({a - b for a, b in pairs}) < 2:
        return
    low, high = paired_bootstrap(ours, theirs, seed)
    expected = bootstrap(
        (np.subtract(ours, theirs),), np.mean, n_resamples=9_999, method="percentile", rng=seed
    ).confidence_interval
    step = 2 / len(pairs)  # the mean moves in steps of 1 / n
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=max(step, 0.01))


@examples(15)
@given(st.lists(st.tuples(bits, bits, st.integers(0, 12)), min_size=20, max_size=80), st.integers(0, 99))
def test_bootstrap_draws_whole_clusters(items: list[tuple[int, int, int]], seed: int) -> None:
    """Against a plain loop that draws clusters and pools their items."""
    ours, theirs, clusters = zip(*items, strict=True)
    groups: dict[int, list[int]] = {}
    for a, b, cluster in items:
        groups.setdefault(cluster, []).append(a - b)
    sums, sizes = (np.array([f(group) for group in groups.values()]) for f in (sum, len))
    drawn = np.random.default_rng(seed + 1).integers(len(groups), size=(10_000, len(groups)))
    expected = np.percentile(sums[drawn].sum(1) / sizes[drawn].sum(1), [2.5, 97.5])
    found = paired_bootstrap(ours, theirs, seed, clusters=clusters)
    assert found == pytest.approx(tuple(expected), abs=0.05)


def simulated(items: int, rng: np.random.Generator, size: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Paired answers, right with 0.6 and 0.5; `size` items in a row share how hard they are."""
    hard = np.repeat(rng.random(items // size), size)
    return (hard + rng.normal(0, 0.2, items) < 0.6).astype(int), (hard + rng.normal(0, 0.2, items) < 0.5).astype(int)


@pytest.mark.slow
def test_bootstrap_covers_the_true_difference() -> None:
    rng = np.random.default_rng(0)
    truth = np.mean(np.subtract(*simulated(2_000_000, rng)))
    covered = 0
    for seed in range(400):
        low, high = paired_bootstrap(*simulated(150, rng), seed, draws=1_000)
        covered += low <= truth <= high
    assert 0.92 <= covered / 400 <= 0.98


def test_same_seed_same_interval() -> None:
    ours, theirs = simulated(200, np.random.default_rng(1))
    assert paired_bootstrap(ours, theirs, 5) == paired_bootstrap(ours, theirs, 5) != paired_bootstrap(ours, theirs, 6)
    assert paired_bootstrap([1, 1], [1, 1], 0) == (0.0, 0.0)


@pytest.mark.parametrize(("items", "rate"), [(100, 0.3), (300, 0.2), (1000, 0.4)])
def test_detectable_has_the_power_that_it_promises(items: int, rate: float) -> None:
    """The test that it was derived for, on simulated tables with just that difference."""
    difference = detectable(items, rate) / 100
    chances = [(rate + difference) / 2, (rate - difference) / 2, 1 - rate]
    gained, lost, _ = np.random.default_rng(3).multinomial(items, chances, size=20_000).T
    shown = np.mean(np.abs(gained - lost) / np.sqrt(np.maximum(gained + lost, 1)) > 1.959964)
    assert shown == pytest.approx(0.8, abs=0.03)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_detectable_shrinks_with_items_and_is_never_nothing(items: int, rate: float) -> None:
    assert 0 < detectable(items + 1, rate) <= detectable(items, rate) <= 100


def test_underpowered() -> None:
    assert underpowered(299) and not underpowered(300)


@pytest.mark.parametrize(
    ("seeds", "items", "by_seed", "by_item"),
    [(3, 200, 0.0, 0.1), (3, 300, 0.05, 0.3), (5, 400, 0.02, 0.3), (1, 200, 0.0, 0.3)],
)
def test_the_interval_over_seeds_and_items_covers_the_truth(
    seeds: int, items: int, by_seed: float, by_item: float
) -> None:
    """Of means drawn with effects of both kinds, 95 % have to lie within; 0.5 is the truth by symmetry."""
    dice = np.random.default_rng(7)
    inside, times = 0, 600
    for _ in range(times):
        rates = 0.5 + by_seed * dice.standard_normal((seeds, 1)) + by_item * dice.standard_normal((1, items))
        found = crossed((dice.random((seeds, items)) < np.clip(rates, 0, 1)).astype(float))
        inside += found.low <= 0.5 <= found.high
    assert 0.92 <= inside / times <= 0.99


def test_seeds_that_disagree_widen_it() -> None:
    agree = np.tile(np.arange(200.0) % 2, (3, 1))
    apart = agree.copy()
    apart[0], apart[1] = 1.0, 0.0
    narrow, wide = crossed(agree), crossed(apart)
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)
    assert crossed(agree - agree).p == 1.0 and crossed(agree + 1).p < 0.001


def test_one_seed_is_the_paired_t_test() -> None:
    from scipy.stats import ttest_1samp

    values = np.random.default_rng(0).integers(-1, 2, 80).astype(float)
    theirs = ttest_1samp(values, 0)
    ours = crossed(values[None])
    interval = theirs.confidence_interval(0.95)
    assert ours.p == pytest.approx(theirs.pvalue)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))


def test_what_was_never_seen_may_still_be() -> None:
    assert never_seen(300) == pytest.approx(3 / 300, rel=0.01) and never_seen(1) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("count", "trials", "low", "high"),
    [(0, 50, 0.0, 0.0711), (2, 50, 0.0049, 0.1371), (10, 20, 0.2720, 0.7280), (20, 20, 0.8316, 1.0), (0, 0, 0.0, 1.0)],
)
def test_the_exact_interval_is_that_of_published_tables(count: int, trials: int, low: float, high: float) -> None:
    assert exact_interval(count, trials) == pytest.approx((low, high), abs=5e-5)
