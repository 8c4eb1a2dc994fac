"""Rows stream in, each is worked on by itself, results stream out; a bounded window of rows is at work.

A row asks as often as it needs to, and no row waits for another: a second call or a retry goes in among the first calls
of others. Each answer is on disk before anything reads it, and equal requests are asked once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from orca2.asking._progress import ProgressReporter
from orca2.asking._runner import RequestRunner
from orca2.asking.client import ModelClient
from orca2.asking.loop import Loop
from orca2.core.types import Completion, Request

BLOCK = 256  # rows that are taken in one piece, and results that are handed out in one
TICK = 0.02  # seconds that the first result of a block waits for others

Input = TypeVar("Input")
Result = TypeVar("Result")


class Ask(Protocol):
    """The completion of a request, by the model of this `run_all` or by another; a failed call is one with an error."""

    def __call__(self, request: Request, /, other: ModelClient | None = None) -> Awaitable[Completion]: ...


Worker = Callable[[Input, Ask], Awaitable[Result]]


def run_all(
    client: ModelClient, rows: Iterable[Input], work: Worker[Input, Result], label: str = "", total: int = 0
) -> Iterator[tuple[Input, Result]]:
    """Yield (row, what `work(row, ask)` returns) as rows end, in any order.

    At most `client.window` rows are at work; `rows` is read as they end, and a sequence in pieces drawn at random: what
    an earlier run has left is met soon, wherever it stands. What `work` raises ends all of it: what the model does
    wrong never does.
    """
    with Loop() as loop, ProgressReporter(label, total, client.ledger) as progress:
        pool = WorkPool(client, _in_random_blocks(rows) if isinstance(rows, Sequence) else iter(rows), work)
        try:
            progress.in_flight = loop.run(pool.open())
            while ended := loop.run(pool.next_results()):
                progress.advance(len(ended))
                yield from ended
        finally:
            loop.run(pool.close())


class WorkPool(Generic[Input, Result]):
    """The rows of one `run_all`, in one event loop."""

    def __init__(self, client: ModelClient, rows: Iterator[Input], work: Worker[Input, Result]) -> None:
        self.client, self.rows, self.work = client, rows, work
        self.most = max(client.window, BLOCK)  # results that nobody has taken yet
        self.main = RequestRunner(client)
        self.others: dict[ModelClient, tuple[RequestRunner, asyncio.Task[None]]] = {}
        self.workers: set[asyncio.Task[None]] = set()
        self.ended: list[tuple[Input, Result]] = []
        self.failure: BaseException | None = None

    async def open(self) -> Callable[[], int] | None:
        """How many requests are on the way is what it returns, if that is to be known."""
        self.loop = asyncio.get_running_loop()
        self.wake: asyncio.Future[None] = self.loop.create_future()
        self.taken: asyncio.Future[None] = self.loop.create_future()
        await self.main.open()
        for row in self.rows:
            self._start(row)
            if len(self.workers) == self.client.window:
                break
        return self.main.in_flight

    async def next_results(self) -> list[tuple[Input, Result]]:
        """The rows that have ended since, at least one; none when all have."""
        while not self.ended and self.workers and self.failure is None:
            self.wake = self.loop.create_future()
            await self.wake
            if self.workers and len(self.ended) < BLOCK and self.failure is None:
                await asyncio.sleep(TICK)
        if self.failure is not None:
            raise self.failure
        ended, self.ended = self.ended, []
        self.taken.set_result(None)
        self.taken = self.loop.create_future()
        return ended

    async def close(self) -> None:
        opened = [self.main, *(answers for answers, _ in self.others.values())]
        for answers in opened:
            answers.stop()
        for worker in self.workers:
            worker.cancel()
        await asyncio.gather(*self.workers, return_exceptions=True)
        for answers in opened:
            await answers.close()

    def _start(self, row: Input) -> None:
        worker = self.loop.create_task(self._work_on(row))
        self.workers.add(worker)
        worker.add_done_callback(self._stopped)

    async def _work_on(self, row: Input) -> None:
        """Work on a row, and then on others as long as there are any."""
        ask, work = self.ask, self.work
        while self.failure is None:
            result = await work(row, ask)
            self.ended.append((row, result))
            if not self.wake.done():
                self.wake.set_result(None)
            if len(self.ended) >= self.most:
                await self.taken
            try:
                row = next(self.rows)
            except StopIteration:
                return

    def _stopped(self, worker: "asyncio.Task[None]") -> None:
        self.workers.discard(worker)
        if not worker.cancelled() and (error := worker.exception()) is not None:
            self.failure = self.failure or error
        if not self.wake.done():
            self.wake.set_result(None)

    def ask(self, request: Request, /, other: ModelClient | None = None) -> Awaitable[Completion]:
        if other is None or other is self.client:
            return self.main.ask(request)
        return self._ask_other(request, other)

    async def _ask_other(self, request: Request, other: ModelClient) -> Completion:
        if other not in self.others:
            answers = RequestRunner(other)
            self.others[other] = answers, self.loop.create_task(answers.open())
        answers, opened = self.others[other]
        await asyncio.shield(opened)
        return await answers.ask(request)


def _in_random_blocks(rows: Sequence[Input]) -> Iterator[Input]:
    """Pieces of neighbours, which share a prefix often. Another order each time, or a gap would always come last."""
    starts = list(range(0, len(rows), BLOCK))
    random.shuffle(starts)
    for start in starts:
        yield from rows[start : start + BLOCK]
