"""When a claim holds, fails, or cannot be decided."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.claims import BETTER, FEWER_TOKENS, NOT_WORSE, Aim, ClaimStatus, Paired, combined, decide

GAIN = Paired("cautious", "direct", BETTER, 6.0, 3.0, 9.0, 0.001, 0.004)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "holds"),
        ({"p_holm": 0.2}, "undecided"),
        ({"difference": 0.5, "low": -0.9, "high": 1.9, "p_holm": 0.5}, "fails"),  # no gain that matters
        ({"difference": -6.0, "low": -9.0, "high": -3.0}, "fails"),
        ({"difference": -6.0, "low": -14.0, "high": 3.0, "p_holm": 0.3}, "undecided"),
        ({"same_lessons": True, "difference": 0.0, "low": 0.0, "high": 0.0, "p_holm": 1.0}, "undecided"),
        ({"aim": NOT_WORSE, "difference": -0.5, "low": -1.9, "high": 1.0}, "holds"),
        ({"aim": NOT_WORSE, "difference": -0.5, "low": -2.1, "high": 1.0}, "undecided"),
        ({"aim": NOT_WORSE, "difference": -5.0, "low": -8.0, "high": -2.0}, "fails"),
        ({"aim": FEWER_TOKENS, "difference": -20.0, "low": -22.0, "high": -18.0}, "holds"),
        ({"aim": FEWER_TOKENS, "difference": 20.0, "low": 18.0, "high": 22.0}, "fails"),
        ({"aim": FEWER_TOKENS, "difference": -2.0, "low": -9.0, "high": 5.0, "p_holm": 0.6}, "undecided"),
    ],
)
def test_one_test(change: dict[str, object], verdict: ClaimStatus) -> None:
    assert decide(replace(GAIN, **change), margin=2.0) == verdict  # type: ignore[arg-type]


@given(st.floats(-50, 50), st.floats(0.01, 30), st.floats(0, 1), st.sampled_from([BETTER, FEWER_TOKENS]))
def test_a_claim_never_holds_against_its_own_figures(mean: float, reach: float, p: float, aim: Aim) -> None:
    test = Paired("a", "b", aim, mean, mean - reach, mean + reach, p, p)
    if decide(test, 2.0) == "holds":
        assert p < 0.05 and (mean > 0) == (aim is BETTER)


def test_a_claim_is_all_of_its_tests() -> None:
    assert combined([]) == "untested"
    assert combined(["holds", "holds"]) == "holds"
    assert combined(["holds", "undecided"]) == "undecided"
    assert combined(["undecided", "holds", "fails"]) == "fails"
