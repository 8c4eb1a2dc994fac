"""Faults are drawn the same again, in their shares, and the limit lets in what it says."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.testing.fake_teacher import limiting
from orca2.testing.fake_teacher.fault_plan import FaultPlan, key_of
from orca2.testing.fake_teacher.scenario import Limit, Scenario


def fault_plan(**data: Any) -> FaultPlan:
    return FaultPlan(Scenario.model_validate(data))


@given(st.binary(), st.integers(0, 9), st.integers())
def test_an_attempt_depends_on_seed_content_and_attempt_alone(content: bytes, attempt: int, seed: int) -> None:
    data = {"seed": seed, "faults": {"reset": 0.3, "length": 0.3}, "latency": {"kind": "lognormal"}}
    first, second = fault_plan(**data), fault_plan(**data)
    second.draw(key_of(b"something in between"), 3)
    assert first.draw(key_of(content), attempt) == second.draw(key_of(content), attempt)


def test_faults_come_in_their_shares_and_a_new_attempt_is_drawn_anew() -> None:
    drawn = fault_plan(faults={"error_500": 0.2, "hang": 0.1})
    counts = Counter(drawn.draw(key, 0).fault for key in range(4000))
    assert 650 < counts["error_500"] < 950 and 300 < counts["hang"] < 500
    assert len({drawn.draw(1, attempt).fault for attempt in range(50)}) == 3


@pytest.mark.parametrize("kind", ["fixed", "uniform", "lognormal"])
def test_latencies_lie_between_low_and_high(kind: str) -> None:
    drawn = fault_plan(latency={"kind": kind, "low": 0.05, "high": 2.0, "median": 0.2, "sigma": 1.0})
    seconds = sorted(drawn.draw(key, 0).seconds for key in range(2000))
    assert seconds[0] >= 0.05 and seconds[-1] <= 2.0
    if kind == "lognormal":  # skewed: the mean is well above the middle
        assert 0.17 < seconds[1000] < 0.23 and sum(seconds) / 2000 > 1.2 * seconds[1000]


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 600), st.integers(1, 20))
def test_the_limit_lets_in_its_rate_and_burst(waits: list[float], per_minute: int, burst: int) -> None:
    now = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiting.time, "monotonic", lambda: now)
        limiter, let_in = limiting.Limiter(Limit(per_minute=per_minute, burst=burst)), 0
        for wait in waits:
            now += wait
            seconds = limiter.refuse()
            let_in += seconds is None
            assert let_in <= burst + now * per_minute / 60 + 1e-6
            if seconds is not None:  # it is let in when it was told to come back
                now += seconds + 1e-9
                assert limiter.refuse() is None
                let_in += 1
