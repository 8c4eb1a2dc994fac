"""The server's own statistics: what was asked, paid, refused and lost, in all and for each request's content."""

import time
from collections import Counter
from typing import Any


class Counts:
    """`paid` are whole chat completions, which a provider would bill, also if their client had left; `undelivered` are
    those among them. `spoiled` are replies with status 200 that hold no completion, `failed` are 4xx and 5xx but 429,
    `refused` are 429, `dropped` connections broken or left hanging. `batched` are those paid in batches, at half price.
    """

    def __init__(self) -> None:
        self.totals = Counter[str](
            {"paid": 0, "batched": 0, "undelivered": 0, "spoiled": 0, "failed": 0, "refused": 0, "dropped": 0}
        )
        self.in_flight = self.in_flight_most = 0
        self._first = self._last = 0.0
        self._attempts: dict[int, int] = {}
        self._paid: dict[int, int] = {}

    def attempt(self, key: int) -> int:
        """How often this content was let in before."""
        before = self._attempts.get(key, 0)
        self._attempts[key] = before + 1
        return before

    def pay(self, key: int, kind: str = "paid") -> None:
        self._last = time.monotonic()
        self._first = self._first or self._last
        self.totals["paid"] += 1
        if kind != "paid":
            self.totals[kind] += 1
        self._paid[key] = self._paid.get(key, 0) + 1

    def enter(self) -> None:
        self.in_flight += 1
        self.in_flight_most = max(self.in_flight_most, self.in_flight)

    def leave(self) -> None:
        self.in_flight -= 1

    def page(self, keys: bool) -> dict[str, Any]:
        """`paid_again` is what was paid beyond once for each content; `first_paid` and `last_paid` are seconds of the
        system's monotonic clock. With `keys`, also one entry a content."""
        page: dict[str, Any] = dict(self.totals) | {
            "in_flight": self.in_flight,
            "in_flight_most": self.in_flight_most,
            "first_paid": self._first,
            "last_paid": self._last,
            "contents": len(self._attempts),
            "contents_paid": len(self._paid),
            "paid_again": self.totals["paid"] - len(self._paid),
        }
        if keys:
            page["keys"] = {
                f"{key:016x}": {"attempts": tried, "paid": self._paid.get(key, 0)}
                for key, tried in self._attempts.items()
            }
        return page
