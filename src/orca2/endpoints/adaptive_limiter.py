"""How fast one endpoint is asked: how many at a time, how many a minute, and what it says itself of waiting.

Additive increase, one multiplicative decrease a burst (Chiu and Jain 1989). A server that counts requests a minute
is not slowed down by fewer at a time, so what it allows is measured too, and kept to.
"""

from dataclasses import dataclass, field

FIRST = 64.0  # requests at a time before anything is known
GROWTH = 2.0  # more at a time for each answer, until one is refused
CUT = 0.6  # of the requests at a time, after a refusal
RATE_CUT, RATE_MOST = 0.97, 0.8  # of the rate, after a refusal: at least and at most so much is taken off
SEARCH = 0.3  # a second: how the rate grows from what was first measured, until it is refused too
CREEP, DOUBLED = 0.001, 8.0  # a second, and in so many seconds without a refusal twice that: it looks for more then
SPAN = 10.0  # seconds over which the rate of answers is measured
BURST, LITTLE = 0.25, 0.02  # seconds' worth of requests that may go at once after a pause; once some were refused
MINUTE = 60.0
NEVER = float("inf")


@dataclass(slots=True)
class TokenBucket:
    """So many units a second, evenly; unused time is saved up for `burst` seconds only."""

    rate: float = NEVER
    burst: float = BURST
    next: float = 0.0

    def take(self, units: float, now: float) -> None:
        if self.rate < NEVER:
            self.next = max(self.next, now - self.burst) + units / self.rate


@dataclass(slots=True)
class AdaptiveLimiter:
    """What one endpoint takes. Times are seconds of the caller's clock; nothing here waits by itself."""

    max_in_flight: int
    minute_requests: int = 0
    minute_tokens: int = 0
    limit: float = FIRST
    in_flight: int = 0
    paused_until: float = 0.0
    was_rejected: bool = False
    rate_was_rejected: bool = False  # a rate that was kept to has been refused
    cut_at: float = 0.0
    requests: TokenBucket = field(default_factory=TokenBucket)
    tokens: TokenBucket = field(default_factory=TokenBucket)
    counts: dict[int, int] = field(default_factory=dict)  # answers by second
    account_in_flight: int = field(init=False)
    counting_since: float = 0.0  # when counting began
    processes: int = 1  # among which the account's limits are divided

    def __post_init__(self) -> None:
        self.account_in_flight = self.max_in_flight
        self.limit = min(self.limit, float(self.max_in_flight))
        self.requests.rate = self.minute_requests / MINUTE or NEVER
        self.tokens.rate = self.minute_tokens / MINUTE or NEVER

    def share(self, rank: int, of: int) -> None:
        """Keep to one of `of` parts of the limits. A rate that was measured is the account's and is divided as well."""
        whole = self.account_in_flight
        self.max_in_flight = whole * (rank + 1) // of - whole * rank // of
        least = 1.0 if self.was_rejected else FIRST
        self.limit = min(max(self.limit, least), float(self.max_in_flight))
        for bucket in (self.requests, self.tokens):
            if bucket.rate < NEVER:
                bucket.rate *= self.processes / of
        self.processes = of

    def ready_at(self, now: float) -> float:
        """0 if a request may go now, else when it may; `NEVER`: once another one has ended."""
        if self.in_flight >= int(self.limit):
            return NEVER
        at = max(self.paused_until, self.requests.next, self.tokens.next)
        return 0.0 if at <= now else at

    def on_start(self, now: float, tokens: int) -> None:
        self.in_flight += 1
        self.counting_since = self.counting_since or now
        self.requests.take(1, now)
        self.tokens.take(tokens, now)

    def on_answered(self, now: float) -> None:
        """A whole answer: `GROWTH` more at a time for each while nothing was refused, then one a round of answers."""
        if self.in_flight >= int(self.limit) - 1:
            growth = 1.0 / self.limit if self.was_rejected else GROWTH
            self.limit = min(self.limit + growth, float(self.max_in_flight))
        self.in_flight -= 1
        second = int(now)
        if second in self.counts:
            self.counts[second] += 1
            return
        self.counts[second] = 1
        for old in [key for key in self.counts if key < second - SPAN]:
            del self.counts[old]
        ceiling = self.minute_requests / MINUTE / self.processes or NEVER
        if self.requests.rate < ceiling:
            growth = CREEP * 2.0 ** ((now - self.cut_at) / DOUBLED) if self.rate_was_rejected else SEARCH
            self.requests.rate = min(self.requests.rate * (1 + min(growth, SEARCH)), ceiling)

    def on_failed(self) -> None:
        """Ended without an answer, through no excess of ours."""
        self.in_flight -= 1

    def on_rejected(self, started: float, now: float, wait: float, silent: bool = False) -> None:
        """Too much at once, says the server or its silence. Requests sent before the last cut are of its burst."""
        self.in_flight -= 1
        self.paused_until = max(self.paused_until, now + wait)
        if started <= self.cut_at:
            return
        self.cut_at, self.was_rejected = now, True
        rate_is_known = self.requests.burst == LITTLE  # then it is the rate that is too high, not the number at a time
        self.limit = max(self.limit * (RATE_CUT if rate_is_known and not silent else CUT), 1.0)
        span = min(now - self.counting_since, SPAN)
        if silent or span < 1.0:
            return
        # of the first second only a part lies in the span, and it holds the time that the server had us wait: the rate
        # that is found at first may be far too low
        measured = sum(number for second, number in self.counts.items() if second >= int(now - span)) / span
        rate, self.rate_was_rejected = self.requests.rate, rate_is_known
        rate = max(min(rate * RATE_CUT, measured), rate * RATE_MOST) if rate < NEVER else measured
        self.requests.rate, self.requests.burst = max(rate, 0.05), LITTLE
