"""How fast an endpoint is asked, on a clock of the test's own."""

import heapq
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.endpoints.adaptive_limiter import BURST, CUT, NEVER, AdaptiveLimiter
from tests.laws import examples


def starts(limiter: AdaptiveLimiter, tokens: int, seconds: float, answer_after: float) -> list[float]:
    """When requests go, if there are always more."""
    now, gone, in_flight = 1.0, list[float](), list[float]()
    while now < 1.0 + seconds:
        at = limiter.ready_at(now)
        if at == 0.0:
            limiter.on_start(now, tokens)
            gone.append(now)
            in_flight.append(now + answer_after)
            continue
        now = min([at if at < NEVER else now + seconds, *in_flight])
        while in_flight and in_flight[0] <= now:
            in_flight.pop(0)
            limiter.on_answered(now)
    return gone


@examples(50)
@given(st.integers(30, 6000), st.floats(0.01, 2.0))
def test_no_minute_has_more_requests_than_allowed(per_minute: int, answer_after: float) -> None:
    gone = starts(AdaptiveLimiter(64, minute_requests=per_minute), 0, 30.0, answer_after)
    rate = per_minute / 60
    for first in range(0, len(gone), 7):
        for last in range(first, len(gone), 5):
            assert last - first <= rate * (gone[last] - gone[first] + BURST) + 1
    assert len(gone) >= min(rate * 30, 30 / answer_after) * 0.9 - 1  # and hardly fewer


@examples(50)
@given(st.integers(1, 500), st.integers(600, 60_000))
def test_no_minute_has_more_tokens_than_allowed(tokens: int, per_minute: int) -> None:
    gone = starts(AdaptiveLimiter(64, minute_tokens=per_minute), tokens, 60.0, 0.1)
    assert len(gone) * tokens <= per_minute * (1 + BURST / 60) + tokens


def test_what_the_server_says_of_waiting_is_kept_and_a_burst_cuts_once() -> None:
    limiter = AdaptiveLimiter(100)
    for _ in range(40):
        limiter.on_start(1.0, 0)
    before = limiter.limit
    for n in range(10):
        limiter.on_rejected(1.0, 2.0 + n / 100, 5.0)
    assert limiter.limit == before * CUT and limiter.ready_at(3.0) == 2.09 + 5.0
    limiter.on_start(8.0, 0)
    limiter.on_rejected(8.0, 9.0, 0.0)
    assert before * CUT * CUT <= limiter.limit < before * CUT


@given(st.lists(st.sampled_from(["start", "answered", "failed", "refused"]), max_size=200), st.integers(1, 300))
def test_never_more_at_once_than_allowed_nor_none_for_ever(events: list[str], most: int) -> None:
    limiter, now = AdaptiveLimiter(most), 1.0
    for event in events:
        now += 0.01
        if event == "start" and limiter.ready_at(now) == 0.0:
            limiter.on_start(now, 1)
        elif limiter.in_flight and event == "answered":
            limiter.on_answered(now)
        elif limiter.in_flight and event == "failed":
            limiter.on_failed()
        elif limiter.in_flight and event == "refused":
            limiter.on_rejected(now, now, 0.0)
        assert 0 <= limiter.in_flight <= most and 1 <= limiter.limit <= most
    while limiter.in_flight:
        limiter.on_failed()
    assert limiter.ready_at(now + 1e6) == 0.0


def settled(per_minute: int, burst: int, told: bool, slow: float) -> tuple[float, float]:
    """Of what a server lets in, the share that is asked, and the share of requests that it refuses, from second 30 on.

    It says when to come back in whole seconds, or nothing.
    """
    rng, limiter, rate = random.Random(0), AdaptiveLimiter(256), per_minute / 60
    level, filled, now, sent = float(burst), 0.0, 0.0001, 0
    ends: list[tuple[float, int, float, bool, float]] = []
    answered = refused = 0
    while now < 90.0:
        if (at := limiter.ready_at(now)) == 0.0:
            limiter.on_start(now, 0)
            level, filled, sent = min(burst, level + (now - filled) * rate), now, sent + 1
            let_in, wait = level >= 1, float(int((1 - level) / rate) + 1) if told and level < 1 else 0.0
            level -= let_in
            takes = rng.uniform(0.05, 0.2) * slow if let_in else 0.002
            heapq.heappush(ends, (now + takes, sent, now, let_in, wait))
        elif ends and ends[0][0] < at:
            now, _, started, let_in, wait = heapq.heappop(ends)
            if let_in:
                limiter.on_answered(now)
            else:
                limiter.on_rejected(started, now, wait)
            answered += let_in and now > 30.0
            refused += not let_in and now > 30.0
        else:
            now = max(at, now + 1e-9)
    return answered / (60 * rate), refused / max(answered + refused, 1)


@pytest.mark.parametrize("slow", [1.0, 5.0])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("per_minute", "burst"), [(600, 10), (6000, 100), (12000, 200)])
def test_what_a_server_lets_in_is_found_without_being_told(
    per_minute: int, burst: int, told: bool, slow: float
) -> None:
    asked, refused = settled(per_minute, burst, told, slow)
    assert 0.9 <= asked <= 1.02 and refused <= 0.02


def test_a_server_that_has_us_wait_at_once_is_found_to_take_more_than_that() -> None:
    asked, refused = settled(600, 1, True, 1.0)
    assert asked >= 0.7 and refused <= 0.02


def test_silence_is_no_rate_but_too_many_at_a_time() -> None:
    limiter = AdaptiveLimiter(100)
    limiter.on_start(1.0, 0)
    limiter.on_start(1.0, 0)
    before = limiter.limit
    limiter.on_answered(2.0)
    limiter.on_rejected(1.0, 60.0, 0.0, silent=True)
    assert limiter.requests.rate == NEVER and limiter.limit <= before * CUT
