"""One process that asks: rows come in, each is worked on by our own engine, results go back as they end."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from orca2.asking.client import ModelClient
from orca2.asking.ledger import Ledger
from orca2.asking.runner import Rewritten
from orca2.asking.runners import Runners
from orca2.errors import Orca2Error
from orca2.scale.allowance import Allowance
from orca2.scale.answer_shards import ShardFolder, ShardStore

TICK = 0.02  # seconds that the first result waits for others
WORD = "word"  # the file in the store that says which run it is of
LONGEST = 0.5  # seconds until who leads hears of this process though no row has ended

Work = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """What all rows of one `run_all` have in common: the model, the work on a row, whether dollars are capped; and a
    word that stands in the store, by which a process sees that it is at the same place."""

    client: ModelClient
    work: Work
    capped: bool
    label: str
    word: bytes


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row with its number, and the kept answers to what it asks, as far as there are any."""

    number: int
    row: Any
    known: Mapping[bytes, bytes]


@dataclass(slots=True)
class Report:
    """What has come of the rows since the report before. `rewritten` are those that the model wants written in another
    form: they are looked up anew, by the `client` that has learned it. `wanting` are the dollars that a request waits
    for."""

    ended: list[tuple[int, Any]] = field(default_factory=list)
    rewritten: list[int] = field(default_factory=list)
    client: ModelClient | None = None
    failure: BaseException | None = None
    ledger: Ledger = field(default_factory=Ledger)
    in_flight: int = 0
    wanting: float = 0.0


class Asker:
    """The engine in a process of the cluster. All methods are of its one event loop."""

    def __init__(self, store: str, name: str) -> None:
        self.folder, self.name = ShardFolder(store), name
        self.store = ShardStore(self.folder, name)
        self.job: Job | None = None
        self.rows_done, self.since = 0, time.time()

    async def begin(self, job: Job) -> str:
        """Be ready for rows of a job; why that is not so, or nothing."""
        if self.folder.read(WORD) != job.word:
            return f"it does not see {self.folder.url}; name a folder or URL that all nodes reach in cluster.store"
        self.job, self.report = job, Report()
        self.budget = Allowance(job.capped)
        self.client = ModelClient(job.client.model, self.store, Ledger(), self.budget)
        self.runners = Runners(self.client, self._as_ours, raises=True)
        await self.runners.open()
        self.working: set[asyncio.Task[None]] = set()
        self.news = asyncio.Event()
        return ""

    def _as_ours(self, theirs: ModelClient) -> ModelClient:
        return ModelClient(theirs.model, self.store, self.client.ledger, self.budget)

    async def share(self, rank: int, of: int) -> int:
        """Keep to a part of the account's limits; how many requests may be on the way."""
        return self.runners.share(rank, of)

    async def hold(self) -> tuple[float, float, float]:
        """As `Allowance.hold`."""
        return self.budget.hold()

    async def allow(self, dollars: float) -> None:
        """As `Allowance.allow`."""
        self.budget.allow(dollars)

    async def exchange(self, rows: Sequence[SentRow]) -> Report:
        """Take more rows; what has ended meanwhile, or nothing after `LONGEST`."""
        for row in rows:
            task = asyncio.get_running_loop().create_task(self._work_on(row))
            self.working.add(task)
            task.add_done_callback(self.working.discard)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.news.wait(), LONGEST)
            await asyncio.sleep(TICK)
        self.news.clear()
        report, self.report = self.report, Report()
        report.ledger = self.client.ledger.take()
        report.ledger.answered_by |= set(getattr(self.client.model, "answered_by", ()))
        report.in_flight, report.wanting = self.runners.in_flight, self.budget.wanting
        return report

    async def _work_on(self, sent: SentRow) -> None:
        assert self.job is not None
        self.store.known.update(sent.known)
        try:
            result = await self.job.work(sent.row, self.runners.ask)
        except Rewritten:
            self.report.rewritten.append(sent.number)
            self.report.client = self.client
        except asyncio.CancelledError:
            raise
        except Exception as error:  # told to who leads, whatever it is
            self.report.failure = error if isinstance(error, Orca2Error) else RuntimeError(f"{type(error)}: {error}")
        else:
            self.report.ended.append((sent.number, result))
            self.rows_done += 1
        for key in sent.known:
            self.store.known.pop(key, None)
        self.news.set()

    async def end(self) -> None:
        """The job is over: what is under way is let go, connections are closed."""
        if self.job is None:
            return
        self.runners.stop()
        for task in self.working:
            task.cancel()
        await asyncio.gather(*self.working, return_exceptions=True)
        await self.runners.close()
        self.job = None

    async def describe(self) -> dict[str, Any]:
        """Who this is and what it does, for `orca2 cluster status`."""
        job = self.job
        return {
            "role": "asker", "name": self.name, "pid": os.getpid(), "since": self.since, "rows_done": self.rows_done,
            "in_flight": self.runners.in_flight if job else 0,
            "model": job.client.model.name if job else "", "doing": job.label if job else "idle",
        }  # fmt: skip
