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

from orca2.core.model import Keep, Reply
from orca2.core.types import Completion, Request
from orca2.endpoints.admission import NEVER, Pace

# silent: no answer in time; spoiled: a paid reply of no use; rewritten: refused in this form, to be sent in another
Outcome = Literal["answered", "spoiled", "rewritten", "refused", "silent", "passing", "gone", "final"]
ENDS = ("answered", "spoiled", "rewritten", "final")  # a further attempt is none of the line's business
BACKOFF = 0.5  # seconds before a second attempt, doubled for each further one
LONGEST_WAIT = 60.0  # seconds between two attempts, or two probes, at most
IN_A_ROW = 3  # failures of the server itself after which an endpoint leaves
SHARES = 8  # loads are told apart in eighths of what an endpoint takes; of equal ones the strategy's own is asked


class Attempt(NamedTuple):
    """What one try came to. `raw` is there for an answer only, to be kept. `wait` is what the server asks for, in
    seconds; 0 if it does not say."""

    outcome: Outcome
    completion: Completion
    raw: bytes | None = None
    wait: float = 0.0


def failed(outcome: Outcome, why: str, wait: float = 0.0) -> Attempt:
    """A try that nothing was paid for."""
    return Attempt(outcome, Completion("", "error", error=why), wait=wait)


Post = Callable[[str, bytes], Awaitable[Attempt]]
Probe = Callable[[str], Awaitable[bool]]


@dataclass(slots=True)
class Place:
    """One endpoint, by its base URL."""

    url: str
    pace: Pace
    up: bool = True
    failures: int = 0
    order: int = field(default=0)


class Switch:
    """A `Line` over all places."""

    def __init__(self, places: Sequence[Place], post: Post, probe: Probe, retries: int, tokens: Callable[[int], int]):
        self.places, self.post, self.probe, self.retries, self.tokens = places, post, probe, retries, tokens
        self.loop = asyncio.get_running_loop()
        self.waiting: deque[tuple[asyncio.Future[Place], Request, int]] = deque()
        self.answers = 0
        self.timer: asyncio.TimerHandle | None = None
        self.probes: set[asyncio.Task[None]] = set()
        for index, place in enumerate(places):
            place.order = index

    @property
    def flying(self) -> int:
        return sum(place.pace.flying for place in self.places)

    async def send(self, request: Request, body: bytes, keep: Keep | None = None) -> Reply:
        failures, refusals, moves, seen = 0, 0, 0, self.answers
        tokens = self.tokens(len(body)) if self.places[0].pace.minute_tokens else 0
        while True:
            place = await self._admit(request, tokens)
            started = self.loop.time()
            try:
                attempt = await self.post(place.url, body)
                if attempt.raw is not None and keep is not None:
                    await keep(attempt.raw)
            except BaseException:
                place.pace.failed()
                raise
            self._note(place, attempt, started)
            if (outcome := attempt.outcome) in ENDS:
                retried = failures + refusals + moves
                return Reply(attempt.completion, retried, outcome == "spoiled", outcome == "rewritten")
            if attempt.outcome == "gone" and moves < 2 * len(self.places) and any(other.up for other in self.places):
                moves += 1  # asked elsewhere at once: the request did nothing wrong
                continue
            # while others are answered, to be told to wait is no failure; without retries everything is sent once
            patient, seen = self.retries > 0 and attempt.outcome == "refused" and self.answers > seen, self.answers
            refusals += patient
            failures += not patient
            if failures > self.retries:
                return Reply(attempt.completion, failures + refusals + moves - 1)
            await asyncio.sleep(self._pause(attempt, max(failures, 1)))

    def _pause(self, attempt: Attempt, failures: int) -> float:
        if attempt.outcome == "refused" and attempt.wait:
            return 0.0  # the place itself is paused for so long
        longest = min(attempt.wait or BACKOFF * 2.0 ** (failures - 1), LONGEST_WAIT)
        return longest * random.uniform(0.5, 1.0) if not attempt.wait else longest

    async def _admit(self, request: Request, tokens: int) -> Place:
        first = not self.waiting  # else the first one is waited for already, by an answer or the timer
        if first and (place := self._pick(request)) is not None:
            place.pace.start(self.loop.time(), tokens)
            return place
        turn: asyncio.Future[Place] = self.loop.create_future()
        self.waiting.append((turn, request, tokens))
        if first:
            self._wake()
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                turn.result().pace.failed()
                self._wake()
            raise

    def _pick(self, request: Request) -> Place | None:
        """The least loaded place that is ready; of equal ones always the same for one strategy, whose prefix it has."""
        now = self.loop.time()
        if len(self.places) == 1:
            return self.places[0] if self.places[0].pace.ready(now) == 0.0 else None
        up = [place for place in self.places if place.up] or list(self.places)
        ready = [place for place in up if place.pace.ready(now) == 0.0]
        if len(ready) < 2:
            return ready[0] if ready else None
        own = zlib.crc32(request.messages[0].content.encode("utf-8", "surrogatepass"))
        many = len(self.places)
        return min(ready, key=lambda at: (int(SHARES * at.pace.flying / at.pace.limit), (at.order - own) % many))

    def _wake(self) -> None:
        """Give their turn to as many as may go, in order; if time must pass first, come back then."""
        while self.waiting:
            turn, request, tokens = self.waiting[0]
            if turn.done():
                self.waiting.popleft()
                continue
            place = self._pick(request)
            if place is None:
                break
            self.waiting.popleft()
            place.pace.start(self.loop.time(), tokens)
            turn.set_result(place)
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.waiting:
            now = self.loop.time()
            at = min(place.pace.ready(now) for place in self.places)
            if at < NEVER:
                self.timer = self.loop.call_at(max(at, now), self._wake)

    def _note(self, place: Place, attempt: Attempt, started: float) -> None:
        now = self.loop.time()
        if attempt.outcome in ("refused", "silent"):
            place.pace.refuse(started, now, attempt.wait, attempt.outcome == "silent")
        elif attempt.outcome == "answered":
            place.pace.answered(now)
            self.answers += 1
            place.failures = 0
        else:
            place.pace.failed()
            gone = attempt.outcome == "gone"
            place.failures += gone or attempt.outcome in ("passing", "spoiled")
            if place.up and len(self.places) > 1 and (gone or place.failures >= IN_A_ROW):
                place.up = False
                probing = self.loop.create_task(self._bring_back(place))
                self.probes.add(probing)
                probing.add_done_callback(self.probes.discard)
        if self.waiting:
            self._wake()

    async def _bring_back(self, place: Place) -> None:
        wait = BACKOFF
        while True:
            await asyncio.sleep(wait)
            if await self.probe(place.url):
                place.up, place.failures = True, 0
                self._wake()
                return
            wait = min(2 * wait, LONGEST_WAIT)

    async def close(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        for probing in list(self.probes):
            probing.cancel()
        await asyncio.gather(*self.probes, return_exceptions=True)
