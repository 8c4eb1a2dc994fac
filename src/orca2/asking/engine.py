"""Rows stream in, each is worked on by itself, results stream out; a bounded window of rows is at work.

A row asks as often as it needs to, and no row waits for another: a second call or a retry goes in among the first calls
of others. Each answer is on disk before anything reads it, and equal requests are asked once.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

from orca2.asking._progress import ProgressReporter
from orca2.asking.client import ModelClient, Pool
from orca2.asking.keys import as_http_model
from orca2.asking.loop import Loop
from orca2.asking.runners import Runners
from orca2.core.types import Completion, Request

BLOCK = 256  # rows that are taken in one piece, and results that are handed out in one
TICK = 0.02  # seconds that the first result of a block waits for others

RowT = TypeVar("RowT")
ResultT = TypeVar("ResultT")


class Ask(Protocol):
    """The completion of a request, by the model of this `run_all` or by another; a failed call is one with an error."""

    def __call__(self, request: Request, /, other: ModelClient | None = None) -> Awaitable[Completion]: ...


Worker = Callable[[RowT, Ask], Awaitable[ResultT]]


def run_all(
    client: ModelClient, rows: Iterable[RowT], work: Worker[RowT, ResultT], label: str = "", total: int = 0
) -> Iterator[tuple[RowT, ResultT]]:
    """Yield (row, what `work(row, ask)` returns) as rows end, in any order.

    At most `client.window` rows are at work; `rows` is read as they end, and a sequence in pieces drawn at random: what
    an earlier run has left is met soon, wherever it stands. What `work` raises ends all of it: what the model does
    wrong never does. With a distributor, a model behind an endpoint is asked by its processes: `work`, the rows and the
    results are sent, so they have to be such as can be pickled.
    """
    with Loop() as loop, ProgressReporter(label, total, client.ledger) as progress:
        in_order = _in_random_blocks(rows) if isinstance(rows, Sequence) else iter(rows)
        pool: Pool = WorkPool(client, in_order, work)
        if client.distributor is not None and as_http_model(client.model) is not None:
            pool = client.distributor.pool(client, in_order, work)
        try:
            progress.in_flight = loop.run(pool.open())
            while ended := loop.run(pool.next_results()):
                yield from ended
                progress.advance(len(ended))  # now that who takes them has entered what they are worth
        finally:
            loop.run(pool.close())


class WorkPool(Generic[RowT, ResultT]):
    """The rows of one `run_all`, in one event loop."""

    def __init__(self, client: ModelClient, rows: Iterator[RowT], work: Worker[RowT, ResultT]) -> None:
        self.client, self.rows, self.work = client, rows, work
        self.max_ended = max(client.window, BLOCK)  # results that nobody has taken yet
        self.runners = Runners(client)
        self.workers: set[asyncio.Task[None]] = set()
        self.ended: list[tuple[RowT, ResultT]] = []
        self.failure: BaseException | None = None

    async def open(self) -> Callable[[], int] | None:
        self.loop = asyncio.get_running_loop()
        self.wake: asyncio.Future[None] = self.loop.create_future()
        self.taken: asyncio.Future[None] = self.loop.create_future()
        await self.runners.open()
        for row in self.rows:
            self._start(row)
            if len(self.workers) == self.client.window:
                break
        return self.runners.main.in_flight

    async def next_results(self) -> list[tuple[RowT, ResultT]]:
        while not self.ended and self.workers and self.failure is None:
            self.wake = self.loop.create_future()
            await self.wake
            await asyncio.sleep(0)  # by then who gave the last result has ended, and none is to be waited for
            if self.workers and len(self.ended) < BLOCK and self.failure is None:
                await asyncio.sleep(TICK)
        if self.failure is not None:
            raise self.failure
        ended, self.ended = self.ended, []
        self.taken.set_result(None)
        self.taken = self.loop.create_future()
        return ended

    async def close(self) -> None:
        self.runners.stop()
        for worker in self.workers:
            worker.cancel()
        await asyncio.gather(*self.workers, return_exceptions=True)
        await self.runners.close()

    def _start(self, row: RowT) -> None:
        worker = self.loop.create_task(self._work_on(row))
        self.workers.add(worker)
        worker.add_done_callback(self._stopped)

    async def _work_on(self, row: RowT) -> None:
        """Work on a row, and then on others as long as there are any."""
        ask, work = self.runners.ask, self.work
        while self.failure is None:
            result = await work(row, ask)
            self.ended.append((row, result))
            if not self.wake.done():
                self.wake.set_result(None)
            if len(self.ended) >= self.max_ended:
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


def _in_random_blocks(rows: Sequence[RowT]) -> Iterator[RowT]:
    """Pieces of neighbours, which share a prefix often. Another order each time, or a gap would always come last."""
    starts = list(range(0, len(rows), BLOCK))
    random.shuffle(starts)
    for start in starts:
        yield from rows[start : start + BLOCK]
