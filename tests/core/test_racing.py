"""Racing: who is dropped, who wins, and what a false claim costs."""

import random
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.racing import FIRST, PairedComparison, Race, Rules, TrialRecord, evidence, race, upcoming

RULES = Rules()


def record(right: str, tokens: float) -> TrialRecord:
    """`right` holds a 1 or 0 a task."""
    return TrialRecord({i: c == "1" for i, c in enumerate(right)}, tokens)


def test_a_clear_winner_is_known_before_all_tasks_are_tried() -> None:
    outcome = race({"direct": record("0" * 12, 4), "steps": record("1" * 12, 40)}, 100, RULES)
    assert outcome.over and outcome.surviving == ("steps",) and outcome.status == "decided"
    assert outcome.eliminated == {"direct": "steps beats it: +12/-0 of 12 tasks"}


def test_one_that_can_no_longer_win_is_dropped() -> None:
    outcome = race({"direct": record("1" * 12, 4), "steps": record("0" * 12, 40)}, 40, RULES)
    assert outcome.over and outcome.surviving == ("direct",) and outcome.status == "decided"
    assert outcome.eliminated["steps"] == "cannot beat direct any more: +0/-12 of 12 tasks"


def test_no_difference_goes_to_the_cheaper_one_of_equals_to_the_first_by_name() -> None:
    same = "10" * 30
    assert race({"b": record(same, 9), "a": record(same, 9)}, 60, RULES).surviving[0] == "a"
    assert race({"dear": record(same, 90), "cheap": record(same, 9)}, 60, RULES).surviving[0] == "cheap"


def test_better_is_not_enough_where_tokens_are_worth_more() -> None:
    """Ten points more for 500 tokens more: with a point worth 25 tokens it does not pay, with one worth 100 it does."""
    cheap, dear = record("1" * 400 + "0" * 600, 10), record("1" * 500 + "0" * 500, 510)
    assert race({"cheap": cheap, "dear": dear}, 1000, RULES).surviving[0] == "cheap"
    assert race({"cheap": cheap, "dear": dear}, 1000, Rules(tokens_per_point=100)).surviving[0] == "dear"


def test_few_trials_leave_a_large_advantage_possible() -> None:
    few = race({"direct": record("10" * 6, 4), "steps": record("11" * 3 + "10" * 3, 5)}, 12, RULES)
    assert few.surviving == ("direct", "steps") and few.status == "undecided"
    many = race({"direct": record("10" * 400, 4), "steps": record("01" + "10" * 399, 5)}, 800, RULES)
    assert many.surviving[0] == "direct" and many.status == "tie"


def test_evidence_is_valid_however_often_one_looks() -> None:
    """The mean of the e-value over all sequences of fair tosses is at most 1; here exactly, by enumeration."""
    for length in range(1, 12):
        mean = sum(exp(evidence(w, length - w)) * _choose(length, w) / 2**length for w in range(length + 1))
        assert mean <= 1 + 1e-9


def _choose(n: int, k: int) -> int:
    from math import comb

    return comb(n, k)


@given(st.integers(0, 60), st.integers(0, 60))
def test_evidence_grows_with_wins_and_falls_with_losses(wins: int, losses: int) -> None:
    assert evidence(wins + 1, losses) > evidence(wins, losses)
    assert evidence(wins, losses + 1) < evidence(wins, losses)


def test_false_claims_are_as_rare_as_allowed_with_a_look_after_every_task() -> None:
    rng, false, draws = random.Random(0), 0, 300
    for _ in range(draws):
        wins = losses = 0
        for pairs in range(1, 121):
            wins, losses = (wins + 1, losses) if rng.random() < 0.5 else (wins, losses + 1)
            if PairedComparison(pairs, 120, wins, losses, 0.0).won(0.05):
                false += 1
                break
    assert false / draws <= 0.05 + 0.026  # two standard errors of 300 draws


@given(st.lists(st.tuples(st.text("01", min_size=24, max_size=24), st.floats(1, 200)), min_size=1, max_size=5))
def test_somebody_is_left_and_everybody_is_accounted_for(drawn: list[tuple[str, float]]) -> None:
    records = {f"s{i}": record(right, tokens) for i, (right, tokens) in enumerate(drawn)}
    outcome: Race = race(records, 48, RULES)
    assert outcome.surviving and set(outcome.surviving) | set(outcome.eliminated) == set(records)
    assert not set(outcome.surviving) & set(outcome.eliminated) and set(outcome.undecided) == set(outcome.surviving[1:])


@pytest.mark.parametrize("pool", [0, 1, 5, 12, 13, 100])
def test_rounds_reach_the_whole_pool(pool: int) -> None:
    tried, rounds = 0, 0
    while tried < pool:
        after = upcoming(tried, pool)
        assert tried < after <= pool
        tried, rounds = after, rounds + 1
    assert pool < FIRST or upcoming(0, pool) == FIRST
