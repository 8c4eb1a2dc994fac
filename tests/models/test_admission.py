"""How fast an endpoint is asked, on a clock of the test's own."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orca2.models._admission import BURST, CUT, NEVER, Pace


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
    assert pace.limit == before * CUT * CUT


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
