"""What became of requests: each has one end, and like failures have one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.ledger import Ledger
from orca2.core.types import Completion

COMPLETIONS = st.sampled_from(
    [
        Completion("fine", "stop"),
        Completion("half", "length"),
        Completion("", "stop"),
        Completion("", "error", error="HTTP 503: busy"),
    ]
)


@given(st.lists(COMPLETIONS), st.integers(0, 3))
def test_every_request_has_one_end(completions: list[Completion], stopped: int) -> None:
    ledger = Ledger(requests=len(completions) + stopped, asked=len(completions), stopped=stopped)
    for completion in completions:
        ledger.enter(completion)
    ledger.check()
    assert ledger.answered + ledger.failures == len(completions)
    assert ledger.row()["requests"] == ledger.requests and ledger.row()["accepted"] == ledger.accepted


@pytest.mark.parametrize("lost", [{"requests": 1}, {"requests": 1, "stopped": 1, "asked": 2}])
def test_one_that_is_lost_is_seen(lost: dict[str, int]) -> None:
    with pytest.raises(AssertionError):
        Ledger(**lost).check()  # type: ignore[arg-type]


def test_failures_of_one_kind_are_counted_together() -> None:
    ledger = Ledger()
    for error in ("http://a/v1: HTTP 503: busy", "http://b/v1: HTTP 503: later", "no connection (refused)"):
        ledger.enter(Completion("", "error", error=error))
    assert ledger.failed == {"HTTP 503": 2, "no connection": 1}
