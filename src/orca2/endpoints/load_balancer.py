"""Open connections to one or several endpoints of one model: who is asked next, what is tried again, and where.

All waiting is in one queue, so that a retry goes among first tries. An endpoint that is gone leaves; its requests are
asked elsewhere, and it comes back once it answers a probe.
"""

import asyncio
import random
import zlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from orca2.core.model import OnResponse, Reply
from orca2.core.types import Completion, Request
from orca2.endpoints.adaptive_limiter import NEVER, AdaptiveLimiter

# silent: no answer in time; spoiled: a paid reply of no use; rewritten: refused in this form, to be sent in another
Outcome = Literal["answered", "spoiled", "rewritten", "refused", "silent", "passing", "gone", "final"]
ENDS = ("answered", "spoiled", "rewritten", "final")  # a further attempt is none of the connection's business
BACKOFF = 0.5  # seconds before a second attempt, doubled for each further one
LONGEST_WAIT = 60.0  # seconds between two attempts, or two probes, at most
IN_A_ROW = 3  # failures of the server itself after which an endpoint leaves
SHARES = 8  # loads are told apart in eighths of what an endpoint takes; of equal ones the strategy's own is asked


class AttemptResult(NamedTuple):
    """What one try came to. `raw` is there for an answer only, to be kept. `wait` is what the server asks for, in
    seconds; 0 if it does not say."""

    outcome: Outcome
    completion: Completion
    raw: bytes | None = None
    wait: float = 0.0


def failed_attempt(outcome: Outcome, why: str, wait: float = 0.0) -> AttemptResult:
    """A try that nothing was paid for."""
    return AttemptResult(outcome, Completion("", "error", error=why), wait=wait)


Post = Callable[[str, bytes], Awaitable[AttemptResult]]
Probe = Callable[[str], Awaitable[bool]]


@dataclass(slots=True)
class Endpoint:
    """One endpoint, by its base URL."""

    url: str
    limiter: AdaptiveLimiter
    is_up: bool = True
    failures: int = 0
    order: int = field(default=0)


class LoadBalancer:
    """A `Connection` to all endpoints of a model."""

    def __init__(
        self, endpoints: Sequence[Endpoint], post: Post, probe: Probe, retries: int, tokens: Callable[[int], int]
    ):
        self.endpoints, self.post, self.probe, self.retries, self.tokens = endpoints, post, probe, retries, tokens
        self.loop = asyncio.get_running_loop()
        self.waiting: deque[tuple[asyncio.Future[Endpoint], Request, int]] = deque()
        self.answers = 0
        self.timer: asyncio.TimerHandle | None = None
        self.probes: set[asyncio.Task[None]] = set()
        for index, endpoint in enumerate(endpoints):
            endpoint.order = index

    @property
    def in_flight(self) -> int:
        return sum(endpoint.limiter.in_flight for endpoint in self.endpoints)

    def share(self, rank: int, of: int) -> int:
        for endpoint in self.endpoints:
            endpoint.limiter.share(rank, of)
        self._wake()
        return sum(endpoint.limiter.max_in_flight for endpoint in self.endpoints)

    async def send(self, request: Request, body: bytes, on_response: OnResponse | None = None) -> Reply:
        failures, refusals, moves, seen = 0, 0, 0, self.answers
        tokens = self.tokens(len(body)) if self.endpoints[0].limiter.minute_tokens else 0
        while True:
            endpoint = await self._admit(request, tokens)
            started = self.loop.time()
            try:
                attempt = await self.post(endpoint.url, body)
                if attempt.raw is not None and on_response is not None:
                    await on_response(attempt.raw)
            except BaseException:
                endpoint.limiter.on_failed()
                raise
            self._record(endpoint, attempt, started)
            if (outcome := attempt.outcome) in ENDS:
                retried = failures + refusals + moves
                return Reply(attempt.completion, retried, outcome == "spoiled", outcome == "rewritten")
            movable = moves < 2 * len(self.endpoints) and any(other.is_up for other in self.endpoints)
            if outcome == "gone" and movable:
                moves += 1  # asked elsewhere at once: the request did nothing wrong
                continue
            # while others are answered, to be told to wait is no failure; without retries everything is sent once
            waits_its_turn = self.retries > 0 and attempt.outcome == "refused" and self.answers > seen
            seen = self.answers
            refusals += waits_its_turn
            failures += not waits_its_turn
            if failures > self.retries:
                return Reply(attempt.completion, failures + refusals + moves - 1)
            await asyncio.sleep(self._pause(attempt, max(failures, 1)))

    def _pause(self, attempt: AttemptResult, failures: int) -> float:
        if attempt.outcome == "refused" and attempt.wait:
            return 0.0  # the endpoint itself is paused for so long
        longest = min(attempt.wait or BACKOFF * 2.0 ** (failures - 1), LONGEST_WAIT)
        return longest * random.uniform(0.5, 1.0) if not attempt.wait else longest

    async def _admit(self, request: Request, tokens: int) -> Endpoint:
        first = not self.waiting  # else the first one is waited for already, by an answer or the timer
        if first and (endpoint := self._pick_endpoint(request)) is not None:
            endpoint.limiter.on_start(self.loop.time(), tokens)
            return endpoint
        turn: asyncio.Future[Endpoint] = self.loop.create_future()
        self.waiting.append((turn, request, tokens))
        if first:
            self._wake()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                turn.result().limiter.on_failed()
                self._wake()
            raise

    def _pick_endpoint(self, request: Request) -> Endpoint | None:
        """The least loaded endpoint that is ready; of equals always the same for one strategy, whose prefix it has."""
        now = self.loop.time()
        if len(self.endpoints) == 1:
            return self.endpoints[0] if self.endpoints[0].limiter.ready_at(now) == 0.0 else None
        candidates = [endpoint for endpoint in self.endpoints if endpoint.is_up] or list(self.endpoints)
        ready = [endpoint for endpoint in candidates if endpoint.limiter.ready_at(now) == 0.0]
        if len(ready) < 2:
            return ready[0] if ready else None
        preferred = zlib.crc32(request.messages[0].content.encode("utf-8", "surrogatepass"))
        many = len(self.endpoints)
        return min(
            ready, key=lambda at: (int(SHARES * at.limiter.in_flight / at.limiter.limit), (at.order - preferred) % many)
        )

    def _wake(self) -> None:
        """Give their turn to as many as may go, in order; if time must pass first, come back then."""
        while self.waiting:
            turn, request, tokens = self.waiting[0]
            if turn.done():
                self.waiting.popleft()
                continue
            endpoint = self._pick_endpoint(request)
            if endpoint is None:
                break
            self.waiting.popleft()
            endpoint.limiter.on_start(self.loop.time(), tokens)
            turn.set_result(endpoint)
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.waiting:
            now = self.loop.time()
            at = min(endpoint.limiter.ready_at(now) for endpoint in self.endpoints)
            if at < NEVER:
                self.timer = self.loop.call_at(max(at, now), self._wake)

    def _record(self, endpoint: Endpoint, attempt: AttemptResult, started: float) -> None:
        now = self.loop.time()
        if attempt.outcome in ("refused", "silent"):
            endpoint.limiter.on_rejected(started, now, attempt.wait, attempt.outcome == "silent")
        elif attempt.outcome == "answered":
            endpoint.limiter.on_answered(now)
            self.answers += 1
            endpoint.failures = 0
        else:
            endpoint.limiter.on_failed()
            gone = attempt.outcome == "gone"
            endpoint.failures += gone or attempt.outcome in ("passing", "spoiled")
            if endpoint.is_up and len(self.endpoints) > 1 and (gone or endpoint.failures >= IN_A_ROW):
                endpoint.is_up = False
                probing = self.loop.create_task(self._bring_back(endpoint))
                self.probes.add(probing)
                probing.add_done_callback(self.probes.discard)
        if self.waiting:
            self._wake()

    async def _bring_back(self, endpoint: Endpoint) -> None:
        wait = BACKOFF
        while True:
            await asyncio.sleep(wait)
            if await self.probe(endpoint.url):
                endpoint.is_up, endpoint.failures = True, 0
                self._wake()
                return
            wait = min(2 * wait, LONGEST_WAIT)

    async def close(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        for probing in list(self.probes):
            probing.cancel()
        await asyncio.gather(*self.probes, return_exceptions=True)
