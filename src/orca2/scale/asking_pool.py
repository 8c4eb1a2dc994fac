"""The rows of one `run_all` among the processes that ask: which has which, what is looked up, who has died."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.replaying import Replay, Unanswered
from orca2.errors import RunError
from orca2.progress import console
from orca2.scale.allowance import divided
from orca2.scale.answer_shards import Merger
from orca2.scale.asker import LONGEST, TICK, Job, Report, SentRow, Work
from orca2.scale.asker_processes import AskerProcesses
from orca2.scale.connecting import said_by_ray

SENT = 128  # rows that go out in one piece
EXTRA = 32  # rows of a process beyond its part of the window
UNTAKEN = 4096  # results that nobody has taken yet: more are not looked up meanwhile
MERGED_EVERY = 1.0  # seconds
IN_A_ROW = 5  # processes, beyond one a seat, that may die without a row that has ended between
PATIENCE = 30.0  # seconds without a process that is ready after which it is said what is waited for
NO_ROW = object()


class Out(NamedTuple):
    """A row that a process has, and the key of the first request that it had no answer to."""

    row: Any
    key: bytes


class Seat:
    """One process with the rows that it has. `slots` is how many requests it may have on the way, `reported` what the
    answers that it has told of cost, in dollars."""

    def __init__(self, asker: Any) -> None:
        self.asker = asker
        self.out: dict[int, Out] = {}
        self.slots = self.in_flight = 0
        self.reported = 0.0


class AskingPool:
    """A `Pool` whose work is done elsewhere."""

    def __init__(
        self, processes: AskerProcesses, cache: Cache, client: ModelClient, rows: Iterator[Any], work: Work
    ) -> None:
        self.processes, self.cache, self.client, self.rows, self.work = processes, cache, client, rows, work
        self.returned: deque[Any] = deque()  # rows to be looked up again: of a process that died, or written anew
        self.parked: dict[bytes, list[Any]] = {}  # rows whose next request is with a process already, by its key
        self.ended: list[tuple[Any, Any]] = []
        self.seats: list[Seat] = []  # those that are ready
        self.serving: set[asyncio.Task[None]] = set()
        self.failure: BaseException | None = None
        self.number, self.deaths, self.is_empty = 0, 0, False

    async def open(self) -> Callable[[], int]:
        self.loop = asyncio.get_running_loop()
        self.news, self.changed, self.taken = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.sharing, self.dividing, self.taking = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self.merger = Merger(self.processes.folder, self.cache)
        await self.merger.merge()
        capped = bool(self.client.budget.cap and self.client.price)
        self.job = Job(self.client, self.work, capped, self.processes.word)
        self.count = self.processes.count()
        self.window = -(-self.client.window // self.count) + EXTRA
        for _ in range(self.count):
            self._start()
        self.beside = [self.loop.create_task(self._merge_at_times()), self.loop.create_task(self._say_who_is_missing())]
        return lambda: sum(seat.in_flight for seat in self.seats)

    async def next_results(self) -> list[tuple[Any, Any]]:
        while not self.ended and self.serving and self.failure is None:
            self.news.clear()
            await self.news.wait()
            if self.serving and self.failure is None:
                await asyncio.sleep(TICK)
        if self.failure is not None:
            raise self.failure
        ended, self.ended = self.ended, []
        self.taken.set()
        return ended

    async def close(self) -> None:
        import ray

        tasks = [*self.beside, *self.serving]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for seat in self.seats:
            with suppress(ray.exceptions.RayError):  # it has died at the very end: all that it had has come back
                if not seat.out and self.failure is None:
                    await seat.asker.end.remote()
                ray.kill(seat.asker)
        await self.merger.merge()
        self.processes.folder.tidy()

    def _start(self) -> None:
        task = self.loop.create_task(self._serve(Seat(self.processes.start())))
        self.serving.add(task)
        task.add_done_callback(self._stopped)

    def _stopped(self, task: "asyncio.Task[None]") -> None:
        self.serving.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failure = self.failure or error
        self.news.set()
        self.changed.set()

    async def _serve(self, seat: Seat) -> None:
        """One process from its start to the end of the rows, or to its death: then another one takes its place."""
        from ray.exceptions import RayError, RayTaskError

        try:
            if not self._is_done() and (why := await self._begin(seat)):
                raise RunError(f"cluster: {why}")
            while not self._is_done():
                rows = await self._take(seat) if seat.slots else []
                if rows or seat.out:
                    await self._accept(seat, await seat.asker.exchange.remote(rows))
                else:
                    self.changed.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.changed.wait(), LONGEST)
        except RayTaskError as error:  # it lives, and cannot do what it is told
            raise RunError(f"cluster: a process that asks failed: {said_by_ray(error)}") from None
        except RayError as error:
            await self._lose(seat, error)

    async def _begin(self, seat: Seat) -> str:
        """Have a process be ready, unless all rows end before it is; why it cannot be, or nothing."""
        begun = self.loop.create_task(_result(seat.asker.begin.remote(self.job)))
        while not begun.done() and not self._is_done():
            await asyncio.wait([begun], timeout=LONGEST)
        if not begun.done():
            import ray

            begun.cancel()
            ray.kill(seat.asker)
            return ""
        why: str = begun.result()
        if not why:
            self.seats.append(seat)
            await self._share()
        return why

    def _is_done(self) -> bool:
        out = any(seat.out for seat in self.seats)
        return self.is_empty and not self.returned and not self.parked and not out and not self.taking.locked()

    async def _take(self, seat: Seat) -> list[SentRow]:
        """Rows for a process, as many as it has room for; what can be answered with what is kept ends here."""
        rows: list[SentRow] = []
        async with self.taking:
            while len(seat.out) < self.window and len(rows) < SENT and (row := await self._next_row()) is not NO_ROW:
                replay = Replay(self.client)
                try:
                    result = await self.work(row, replay.ask)
                except Unanswered as missing:
                    if missing.key in self.parked:
                        self.parked[missing.key].append(row)
                        continue
                    self.parked[missing.key] = []
                    self.number += 1
                    seat.out[self.number] = Out(row, missing.key)
                    rows.append(SentRow(self.number, row, replay.known))
                else:
                    replay.enter(self.client.ledger)
                    self._end(row, result)
        self.changed.set()
        return rows

    async def _next_row(self) -> Any:
        """The next row, or NO_ROW if there is none."""
        while len(self.ended) > UNTAKEN:
            self.taken.clear()
            await self.taken.wait()
        if self.returned:
            return self.returned.popleft()
        for row in self.rows:
            return row
        self.is_empty = True
        return NO_ROW

    def _end(self, row: Any, result: Any) -> None:
        self.ended.append((row, result))
        self.news.set()

    async def _accept(self, seat: Seat, report: Report) -> None:
        """Enter what a process says of its rows."""
        self.client.ledger.add(report.ledger)
        self.client.budget.add(report.ledger.cost)
        seat.in_flight = report.in_flight
        seat.reported += report.ledger.cost
        if report.failure is not None:
            raise report.failure
        waiting: list[Any] = []
        for number, result in report.ended:
            row, key = seat.out.pop(number)
            waiting += self.parked.pop(key)
            self._end(row, result)
            self.deaths = 0
        if report.client is not None:
            self._learn(report.client)
        for number in report.rewritten:
            row, key = seat.out.pop(number)
            waiting += [row, *self.parked.pop(key)]
        if waiting:
            async with self.taking:
                await self.merger.merge()  # the answers that they wait for are in a shard by now
                self.returned.extend(waiting)
        self.changed.set()
        if report.wanting and not self.dividing.locked():
            await self._divide()

    def _learn(self, client: ModelClient) -> None:
        """Write requests as a process has learned that the model takes them."""
        if (writer := getattr(client.model, "writer", None)) is not None:
            self.client.model.writer = writer  # type: ignore[attr-defined]

    async def _lose(self, seat: Seat, error: Exception) -> None:
        """Take back the rows of a process that has died, and start another one."""
        import ray

        self.deaths += 1
        if self.deaths > IN_A_ROW + self.count:
            count, why = self.deaths, said_by_ray(error)
            raise RunError(f"cluster: {count} processes in a row died before a row had ended: {why}") from None
        with suppress(ray.exceptions.RayError):
            ray.kill(seat.asker)  # it may only be out of reach
        await self.merger.merge()
        for row, key in seat.out.values():
            self.returned += [row, *self.parked.pop(key)]
        if seat in self.seats:
            self.seats.remove(seat)
        self._start()
        await self._share()

    async def _share(self) -> None:
        """Divide the limits of the account, and what may be spent, among the processes that are ready."""
        from ray.exceptions import RayError

        async with self.sharing:
            seats = list(self.seats)  # a new one comes last: it gets its part when the others have come down to theirs
            for rank, seat in enumerate(seats):
                with suppress(RayError):  # its own task sees to one that has died
                    seat.slots = await seat.asker.share.remote(rank, len(seats))
        await self._divide()
        self.changed.set()

    async def _divide(self) -> None:
        """Divide what is left of the cap. ModelError once nothing is on its way and the next request does not fit."""
        from ray.exceptions import RayError

        if not self.job.capped:
            return
        budget = self.client.budget
        async with self.dividing:
            held: list[tuple[Seat, float, float, float]] = []
            for seat in list(self.seats):
                with suppress(RayError):
                    held.append((seat, *await seat.asker.hold.remote()))
            reserved = sum(row[2] for row in held)
            unreported = sum(spent - seat.reported for seat, spent, _, _ in held)
            free = max(budget.cap - budget.spent - unreported - reserved, 0.0)
            wanted = [row[3] for row in held]
            least = min((want for want in wanted if want), default=0.0)
            if free < least and not reserved:
                raise budget.exceeded(least)
            for (seat, *_), dollars in zip(held, divided(free, wanted), strict=True):
                with suppress(RayError):
                    await seat.asker.allow.remote(dollars)

    async def _merge_at_times(self) -> None:
        while True:
            await asyncio.sleep(MERGED_EVERY)
            await self.merger.merge()

    async def _say_who_is_missing(self) -> None:
        await asyncio.sleep(PATIENCE)
        if not self.seats:
            cpus = self.processes.spec.worker_cpus
            console.print(f"cluster: no node has had {cpus:g} free cores for a process that asks yet; waiting")


async def _result(reference: Any) -> Any:
    return await reference
