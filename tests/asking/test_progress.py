"""What the line of progress says of the asking: rates, failures, requests on their way, dollars so far and ahead."""

from orca2.asking._progress import ProgressReporter
from orca2.asking.ledger import Ledger
from orca2.core.types import Completion


def test_only_what_came_since_the_start_is_told() -> None:
    ledger = Ledger(tokens_out=500, cost=3.0, accepted=7)
    with ProgressReporter("", 10, ledger) as reporter:
        ledger.enter(Completion("fine", "stop"))
        reporter.advance(1)
        note = reporter._note()
    assert "/s" in note and "tok/s" not in note and "$" not in note and "answered" not in note


def test_failures_verdicts_and_money_have_their_words() -> None:
    ledger = Ledger()
    with ProgressReporter("", 10, ledger) as reporter:
        reporter.in_flight = lambda: 1_500
        ledger.enter(Completion("", "error", error="no"))
        ledger.enter(Completion("fine", "stop"))
        ledger.tokens_out, ledger.cost, ledger.verified = 90, 0.5, 3
        reporter.advance(2)
        note = reporter._note()
    for part in ("tok/s", "1 answered", "3 verified", "1 failed", "1,500 in flight", "$0.50 of about $2.50"):
        assert part in note


def test_rows_are_counted_whether_or_not_they_are_told() -> None:
    with ProgressReporter("asking", 3, Ledger()) as reporter:
        for _ in range(3):
            reporter.advance(1)
        assert reporter.done == 3
    assert reporter.untold == 0
