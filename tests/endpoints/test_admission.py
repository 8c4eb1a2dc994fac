"""How fast an endpoint is asked, on a clock of the test's own."""

import heapq
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orca2.endpoints.admission import BURST, CUT, NEVER, Pace


def starts(pace: Pace, tokens: int, seconds: float, answer_after: float) -> list[float]:
    """When requests go, if there are always more."""
    now, gone, flying = 1.0, list[float](), list[float]()
    while now < 1.0 + seconds:
        at = pace.ready(now)
        if at == 0.0:
            pace.start(now, tokens)
            gone.append(now)
            flying.append(now + answer_after)
            continue
        now = min([at if at < NEVER else now + seconds, *flying])
        while flying and flying[0] <= now:
            flying.pop(0)
            pace.answered(now)
    return gone


@settings(max_examples=50, deadline=None)
@given(st.integers(30, 6000), st.floats(0.01, 2.0))
def test_no_minute_has_more_requests_than_allowed(per_minute: int, answer_after: float) -> None:
    gone = starts(Pace(64, minute_requests=per_minute), 0, 30.0, answer_after)
    rate = per_minute / 60
    for first in range(0, len(gone), 7):
        for last in range(first, len(gone), 5):
            assert last - first <= rate * (gone[last] - gone[first] + BURST) + 1
    assert len(gone) >= min(rate * 30, 30 / answer_after) * 0.9 - 1  # and hardly fewer


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 500), st.integers(600, 60_000))
def test_no_minute_has_more_tokens_than_allowed(tokens: int, per_minute: int) -> None:
    gone = starts(Pace(64, minute_tokens=per_minute), tokens, 60.0, 0.1)
    assert len(gone) * tokens <= per_minute * (1 + BURST / 60) + tokens


def test_what_the_server_says_of_waiting_is_kept_and_a_burst_cuts_once() -> None:
    pace = Pace(100)
    for _ in range(40):
        pace.start(1.0, 0)
    before = pace.limit
    for n in range(10):
        pace.refuse(1.0, 2.0 + n / 100, 5.0)
    assert pace.limit == before * CUT and pace.ready(3.0) == 2.09 + 5.0
    pace.start(8.0, 0)
    pace.refuse(8.0, 9.0, 0.0)
    assert before * CUT * CUT <= pace.limit < before * CUT


@given(st.lists(st.sampled_from(["start", "answered", "failed", "refused"]), max_size=200), st.integers(1, 300))
def test_never_more_at_once_than_allowed_nor_none_for_ever(events: list[str], most: int) -> None:
    pace, now = Pace(most), 1.0
    for event in events:
        now += 0.01
        if event == "start" and pace.ready(now) == 0.0:
            pace.start(now, 1)
        elif pace.flying and event == "answered":
            pace.answered(now)
        elif pace.flying and event == "failed":
            pace.failed()
        elif pace.flying and event == "refused":
            pace.refuse(now, now, 0.0)
        assert 0 <= pace.flying <= most and 1 <= pace.limit <= most
    while pace.flying:
        pace.failed()
    assert pace.ready(now + 1e6) == 0.0


def settled(per_minute: int, burst: int, told: bool, slow: float) -> tuple[float, float]:
    """Of what a server lets in, the share that is asked, and the share of requests that it refuses, from second 30 on.

    It says when to come back in whole seconds, or nothing.
    """
    rng, pace, rate = random.Random(0), Pace(256), per_minute / 60
    level, filled, now, sent = float(burst), 0.0, 0.0001, 0
    ends: list[tuple[float, int, float, bool, float]] = []
    answered = refused = 0
    while now < 90.0:
        if (at := pace.ready(now)) == 0.0:
            pace.start(now, 0)
            level, filled, sent = min(burst, level + (now - filled) * rate), now, sent + 1
            let_in, wait = level >= 1, float(int((1 - level) / rate) + 1) if told and level < 1 else 0.0
            level -= let_in
            takes = rng.uniform(0.05, 0.2) * slow if let_in else 0.002
            heapq.heappush(ends, (now + takes, sent, now, let_in, wait))
        elif ends and ends[0][0] < at:
            now, _, started, let_in, wait = heapq.heappop(ends)
            if let_in:
                pace.answered(now)
            else:
                pace.refuse(started, now, wait)
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
    pace = Pace(100)
    pace.start(1.0, 0)
    pace.start(1.0, 0)
    before = pace.limit
    pace.answered(2.0)
    pace.refuse(1.0, 60.0, 0.0, silent=True)
    assert pace.requests.rate == NEVER and pace.limit <= before * CUT
