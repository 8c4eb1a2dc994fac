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
class Bucket:
    """So many units a second, evenly; unused time is saved up for `burst` seconds only."""

    rate: float = NEVER
    burst: float = BURST
    next: float = 0.0

    def take(self, units: float, now: float) -> None:
        if self.rate < NEVER:
            self.next = max(self.next, now - self.burst) + units / self.rate


@dataclass(slots=True)
class Pace:
    """What one endpoint takes. Times are seconds of the caller's clock; nothing here waits by itself."""

    most: int
    minute_requests: int = 0
    minute_tokens: int = 0
    limit: float = FIRST
    flying: int = 0
    paused: float = 0.0
    refused: bool = False
    bounded: bool = False  # a rate that was kept to has been refused
    cut: float = 0.0
    requests: Bucket = field(default_factory=Bucket)
    tokens: Bucket = field(default_factory=Bucket)
    counts: dict[int, int] = field(default_factory=dict)  # answers by second
    since: float = 0.0  # when counting began

    def __post_init__(self) -> None:
        self.limit = min(self.limit, float(self.most))
        self.requests.rate = self.minute_requests / MINUTE or NEVER
        self.tokens.rate = self.minute_tokens / MINUTE or NEVER

    def ready(self, now: float) -> float:
        """0 if a request may go now, else when it may; `NEVER`: once another one has ended."""
        if self.flying >= int(self.limit):
            return NEVER
        at = max(self.paused, self.requests.next, self.tokens.next)
        return 0.0 if at <= now else at

    def start(self, now: float, tokens: int) -> None:
        self.flying += 1
        self.since = self.since or now
        self.requests.take(1, now)
        self.tokens.take(tokens, now)

    def answered(self, now: float) -> None:
        """A whole answer: `GROWTH` more at a time for each while nothing was refused, then one a round of answers."""
        if self.flying >= int(self.limit) - 1:
            self.limit = min(self.limit + (1.0 / self.limit if self.refused else GROWTH), float(self.most))
        self.flying -= 1
        second = int(now)
        if second in self.counts:
            self.counts[second] += 1
            return
        self.counts[second] = 1
        for old in [key for key in self.counts if key < second - SPAN]:
            del self.counts[old]
        ceiling = self.minute_requests / MINUTE or NEVER
        if self.requests.rate < ceiling:
            growth = CREEP * 2.0 ** ((now - self.cut) / DOUBLED) if self.bounded else SEARCH
            self.requests.rate = min(self.requests.rate * (1 + min(growth, SEARCH)), ceiling)

    def failed(self) -> None:
        """Ended without an answer, through no excess of ours."""
        self.flying -= 1

    def refuse(self, started: float, now: float, wait: float, silent: bool = False) -> None:
        """Too much at once, says the server or its silence. Requests sent before the last cut are of its burst."""
        self.flying -= 1
        self.paused = max(self.paused, now + wait)
        if started <= self.cut:
            return
        self.cut, self.refused = now, True
        found = self.requests.burst == LITTLE  # then it is the rate that is too high, and hardly the number at a time
        self.limit = max(self.limit * (RATE_CUT if found and not silent else CUT), 1.0)
        span = min(now - self.since, SPAN)
        if silent or span < 1.0:
            return
        # of the first second only a part lies in the span, and it holds the time that the server had us wait: the rate
        # that is found at first may be far too low
        measured = sum(number for second, number in self.counts.items() if second >= int(now - span)) / span
        rate, self.bounded = self.requests.rate, found
        rate = max(min(rate * RATE_CUT, measured), rate * RATE_MOST) if rate < NEVER else measured
        self.requests.rate, self.requests.burst = max(rate, 0.05), LITTLE
