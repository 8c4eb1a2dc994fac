"""Progress of asking: rows done, failures, requests on the way, tokens a second, dollars so far and in the end."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType

from orca2.asking.ledger import Ledger
from orca2.progress import Advance, track

EVERY = 0.2  # seconds between two notes


class ProgressReporter:
    """What is done is told now and then, not row by row, which would cost more than the rows."""

    def __init__(self, label: str, total: int, ledger: Ledger) -> None:
        self.label, self.total, self.ledger = label, total, ledger
        self.in_flight: Callable[[], int] | None = None
        self.done, self.untold = 0, 0
        self.started = self.told = time.monotonic()
        self.before = ledger.tokens_out, ledger.cost, ledger.failures, ledger.verified, ledger.answered
        self.stack = ExitStack()
        self.tell: Advance | None = None

    def __enter__(self) -> "ProgressReporter":
        if self.label:
            self.tell = self.stack.enter_context(track(self.label, self.total, "rows"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tell()
        self.stack.close()

    def advance(self, count: int) -> None:
        self.done += count
        self.untold += count
        if self.tell is not None and (now := time.monotonic()) - self.told > EVERY:
            self.told = now
            self._tell()

    def _tell(self) -> None:
        if self.tell is not None and self.untold:
            self.tell(self.untold, self._note())
            self.untold = 0

    def _note(self) -> str:
        ledger, seconds = self.ledger, max(time.monotonic() - self.started, 1e-9)
        tokens, cost, failures, verified, answered = self.before
        parts = [f"{self.done / seconds:,.1f}/s"]
        if ledger.tokens_out > tokens:
            parts.append(f"{(ledger.tokens_out - tokens) / seconds:,.0f} tok/s")
        if ledger.answered - answered != self.done:
            parts.append(f"{ledger.answered - answered:,} answered")
        if ledger.verified > verified:
            parts.append(f"{ledger.verified - verified:,} verified")
        if ledger.failures > failures:
            parts.append(f"{ledger.failures - failures:,} failed")
        if self.in_flight is not None:
            parts.append(f"{self.in_flight():,} in flight")
        if ledger.cost > cost:
            paid = ledger.cost - cost
            ahead = f" of about ${paid * self.total / self.done:,.2f}" if self.total else ""
            parts.append(f"${paid:,.2f}{ahead}")
        return ", ".join(parts)
