"""What became of every request: nothing is lost without a reason."""

from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any

from orca2.core.types import Completion


@dataclass(slots=True)
class Ledger:
    """Counts of one stage. `asked` went to a model; `cached` were answered before, `shared` at the same moment.

    `verified` are answers that a grader found right while others were still asked for.
    `tokens_in`, `tokens_out` and `cost` (dollars) are those of what was asked, not of what was known; `tokens_thought`
    are those of `tokens_out` that were thoughts.
    """

    requests: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    stopped: int = 0
    cached: int = 0
    shared: int = 0
    asked: int = 0
    retried: int = 0
    verified: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_thought: int = 0
    cost: float = 0.0
    answered_by: set[str] = field(default_factory=set)

    def add(self, other: "Ledger") -> None:
        """Enter what another process has counted."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, set):
                mine |= theirs
            elif isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, one.name, mine + theirs)

    def take(self) -> "Ledger":
        """What was counted of requests that have ended, for another ledger; what is under way stays here."""
        ended, under_way = self.answered + self.failures + self.stopped, Ledger()
        under_way.requests = self.requests - ended
        under_way.asked = max(self.cached + self.shared + self.asked - ended + self.stopped, 0)
        taken = Ledger()
        taken.add(self)
        taken.requests, taken.asked = ended, self.asked - under_way.asked
        for one in fields(self):
            setattr(self, one.name, getattr(under_way, one.name))
        return taken

    def enter(self, completion: Completion) -> None:
        """Enter what one request came to."""
        if completion.error is not None:
            self.failed[_kind(completion.error)] += 1
        elif completion.finish_reason == "length":
            self.rejected["truncated"] += 1
        elif not completion.text:
            self.rejected["empty"] += 1
        else:
            self.accepted += 1

    @property
    def answered(self) -> int:
        return self.accepted + self.rejected.total()

    @property
    def failures(self) -> int:
        return self.failed.total()

    def check(self) -> None:
        """requests = accepted + rejected + failed + stopped, and each came from one place."""
        ended = self.accepted + self.rejected.total() + self.failures + self.stopped
        assert self.requests == ended, f"{self.requests} requests, but {ended} have an end: {self}"
        known = self.cached + self.shared + self.asked
        assert known <= self.requests <= known + self.stopped, f"{self.requests} requests, {known} came: {self}"

    def row(self) -> dict[str, Any]:
        """As `record.json` keeps it."""
        return {
            "requests": self.requests,
            "accepted": self.accepted,
            "rejected": dict(self.rejected),
            "failed": dict(self.failed),
            "stopped": self.stopped,
            "cached": self.cached,
            "shared": self.shared,
            "asked": self.asked,
            "retried": self.retried,
            "verified": self.verified,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "tokens_thought": self.tokens_thought,
            "cost": round(self.cost, 6),
            "answered_by": sorted(self.answered_by),
        }


def _kind(error: str) -> str:
    """A reason that many failures share: the message without what is of one call only."""
    words = " ".join(error.split())
    for mark in ("HTTP ", "finish reason "):
        if mark in words:
            return (mark + words.split(mark, 1)[1]).split(":")[0][:60]
    return words.split(" (")[0][:60]
