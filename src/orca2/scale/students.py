"""A local student on many nodes: actors that hold the model once take blocks of requests from one queue.

The queue is with the driver. What an actor that dies has not answered goes back to it, and another actor is made where
there is room; so is one where a node has joined or become free.
"""

import asyncio
import gc
import time
import weakref
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import ray
from ray.exceptions import RayActorError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from orca2.core.types import Completion, Request
from orca2.errors import Orca2Error, RunError
from orca2.models.transformers import name_of
from orca2.progress import console
from orca2.scale.blocks import Blocks, smallest
from orca2.scale.connecting import NAMESPACE, said_by_ray
from orca2.scale.nodes import Place, nodes, places
from orca2.scale.status import STATUS, actor_name
from orca2.scale.student import Checkpoint, StudentActor
from orca2.sections import Cluster

TICK = 0.5  # seconds between two looks for room; also how soon an interrupt is seen
PATIENCE = 300.0  # seconds in which a place that seemed free has to be, and one has to come up if there is none
VAIN = 3  # students in a row that die before they have answered anything
EXPECTED_ROWS = 64  # at once, before a student has said how many

Answer = tuple[int, Completion]


@dataclass(slots=True, eq=False)
class Worker:
    """An actor with where it is. It has `begun` when its process is there, and decodes no `rows` at once until it has
    loaded the model; `loading` is the call of that. It is `rested` from when it had nothing to do until it is heard of
    again: if it has died meanwhile, that says nothing of what it is asked."""

    place: Place
    actor: Any
    begun: bool = False
    rested: bool = False
    rows: int = 0
    loading: Any = None


class Students:
    """A `Model` whose `name` is that of the same checkpoint in this process, so that kept answers are those of both."""

    window = 1 << 16  # as in one process

    def __init__(self, checkpoint: Checkpoint, cluster: Cluster, run: str) -> None:
        self.checkpoint, self.cluster, self.run = checkpoint, cluster, run
        self.name, self.keep = name_of(checkpoint.model, checkpoint.base), True
        self.idle: list[Worker] = _taken_over(self)

    @property
    def spec(self) -> tuple[float, int]:
        """GPUs and cores of one actor; none of the first where it is to be on a CPU."""
        on_cpu = self.checkpoint.device == "cpu"
        return 0.0 if on_cpu else self.cluster.student_gpus, self.cluster.student_cpus

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[Answer]:
        if not requests:
            return
        _make_room(self)
        crew = Crew(self, requests)
        try:
            async for answer in crew.answers():
                yield answer
        finally:
            self.idle = await crew.close()
            for worker in self.idle:
                worker.rested = True

    def release(self) -> None:
        """End the actors; they are made anew if there is more to answer."""
        for worker in self.idle:
            ray.kill(worker.actor)
        self.idle = []


_holding: weakref.ref[Students] | None = None  # whose actors hold this driver's places


def _taken_over(student: Students) -> list[Worker]:
    """The actors of the student asked last, if it is still held and its actors are such as this one's: their processes
    have PyTorch, which takes longer to import than a small model to load."""
    global _holding
    before = _holding() if _holding else None
    if before is None or before.spec != student.spec:
        return []
    workers, before.idle = before.idle, []
    if workers:
        _holding = weakref.ref(student)
    return [Worker(worker.place, worker.actor, worker.begun, rested=True) for worker in workers]


def _make_room(student: Students) -> None:
    """The student asked now has the places of the one asked before, which is held by nobody or waits."""
    global _holding
    gc.collect()  # a model that nobody holds may be part of a cycle, and its actors live as long as it does
    before = _holding() if _holding else None
    if before is not None and before is not student:
        before.release()
    _holding = weakref.ref(student)


class Crew:
    """The actors that answer the requests of one `generate`, and those requests."""

    def __init__(self, student: Students, requests: Sequence[Request]) -> None:
        self.student, self.requests, self.blocks = student, requests, Blocks(requests)
        self.came: asyncio.Queue[list[Answer] | BaseException] = asyncio.Queue()
        self.lanes: dict[Worker, asyncio.Task[None]] = {}
        self.idle = list(student.idle)
        self.vain = 0
        self.stirred = time.monotonic()  # when last somebody was at work

    async def answers(self) -> AsyncIterator[Answer]:
        """All of them, as they come; RunError where nobody is left to give them."""
        hiring = asyncio.create_task(self._hire())
        try:
            while self.blocks.unanswered:
                came = await self.came.get()
                if isinstance(came, BaseException):
                    raise came
                self.blocks.unanswered -= len(came)
                for answer in came:
                    yield answer
            if loaded := [lane for worker, lane in self.lanes.items() if worker.rows]:
                await asyncio.wait(loaded, timeout=PATIENCE)  # until the actors have said that there is no more
        finally:
            hiring.cancel()

    async def close(self) -> list[Worker]:
        """The actors that live on, those first that have loaded the model. One that is still at work is ended: nobody
        waits for it."""
        others, done = list(self.lanes.items()), not self.blocks.unanswered
        for worker, lane in others:
            lane.cancel()
            if worker.rows or not done:
                ray.kill(worker.actor)
        await asyncio.gather(*(lane for _, lane in others), return_exceptions=True)
        return [*self.idle, *(worker for worker, _ in others if done and not worker.rows)]

    async def _hire(self) -> None:
        """See to it that there are as many actors as there is room and work for."""
        try:
            while True:
                wanted = -(-len(self.blocks) // smallest(EXPECTED_ROWS)) - len(self.lanes)
                ready, self.idle = self.idle[: max(0, wanted)], self.idle[max(0, wanted) :]
                for worker in ready:
                    self._start(worker)
                if wanted > len(ready) and all(worker.rows for worker in self.lanes):
                    for place in self._room()[: wanted - len(ready)]:
                        self._start(self._made(place))
                if any(worker.begun for worker in self.lanes):
                    self.stirred = time.monotonic()
                elif time.monotonic() - self.stirred > 2 * PATIENCE:
                    raise RunError("no node of the cluster has room for a student; see: orca2 cluster status")
                await asyncio.sleep(TICK)
        except Exception as error:
            self.came.put_nowait(error)

    def _room(self) -> list[Place]:
        spec, among = self.student.spec, nodes()
        whole = [type(node)(node.id, node.address, node.cpus, node.gpus, node.cpus, node.gpus) for node in among]
        if not places(whole, *spec):
            gpus, cpus = spec
            raise RunError(
                f"no node of the cluster holds a student of {gpus:g} GPUs or {cpus or 1} cores;"
                " lower cluster.student_gpus or cluster.student_cpus, or add a node"
            )
        return places(among, *spec)

    def _made(self, place: Place) -> Worker:
        actor = (
            ray.remote(concurrency_groups={STATUS: 1})(StudentActor)
            .options(
                name=actor_name("student"),
                namespace=NAMESPACE,
                num_gpus=place.gpus,
                num_cpus=place.cpus,
                scheduling_strategy=NodeAffinitySchedulingStrategy(place.node.id, soft=False),
            )
            .remote(place.cpus)
        )
        return Worker(place, actor)

    def _start(self, worker: Worker) -> None:
        self.lanes[worker] = asyncio.create_task(self._employ(worker))

    async def _employ(self, worker: Worker) -> None:
        """Feed one actor until nothing is left, or it is gone."""
        lived = False
        try:
            if not worker.rows:
                await self._load(worker)
            feeders = [asyncio.create_task(self._feed(worker, ahead)) for ahead in (False, True)]
            try:
                await asyncio.gather(*feeders)
            finally:
                await asyncio.gather(*feeders, return_exceptions=True)
            lived = True
        except TimeoutError:  # somebody else was quicker to take the place
            ray.kill(worker.actor)
        except RayActorError as error:
            self._died(worker, error)
        except RayTaskError as error:
            self.came.put_nowait(_cause(worker, error))
        except Exception as error:
            self.came.put_nowait(error)
        finally:
            del self.lanes[worker]
            if lived:
                self.idle.append(worker)

    def _died(self, worker: Worker, error: RayActorError) -> None:
        self.vain += not worker.rested
        address = worker.place.node.address
        if self.vain >= VAIN:
            why = said_by_ray(error)
            self.came.put_nowait(RunError(f"{VAIN} students in a row died before an answer, on {address}: {why}"))
        else:
            console.print(f"  a student on {address} has died; what it had at hand is asked again", soft_wrap=True)

    async def _load(self, worker: Worker) -> None:
        await asyncio.wait_for(worker.actor.describe.remote(), PATIENCE)
        worker.begun, worker.rested = True, False
        if worker.loading is None:
            of = self.student.checkpoint
            device = "cuda" if worker.place.gpus else "cpu"  # the only one that it sees
            on = Checkpoint(of.model, of.base.resolve(), device, of.dtype, of.batch_tokens)
            worker.loading = worker.actor.load.remote(on, self.student.run)
        name, rows = await worker.loading
        if name != self.student.name:
            raise RunError(
                f"{self.student.checkpoint.model} on node {worker.place.node.address} is another checkpoint than here;"
                " put it on a disk that all nodes share"
            )
        worker.rows = rows

    async def _feed(self, worker: Worker, ahead: bool) -> None:
        """Block after block; `ahead` those that lie ready at the actor, as long as enough are left for all."""
        while True:
            if ahead and len(self.blocks) <= len(self.lanes) * worker.rows:
                return
            block = self.blocks.take(worker.rows, len(self.lanes))
            if not block:
                return
            await self._ask(worker, block)

    async def _ask(self, worker: Worker, block: Sequence[int]) -> None:
        owed = dict.fromkeys(block)
        try:
            async for ref in worker.actor.answer.remote([self.requests[index] for index in block]):
                came = [(block[index], completion) for index, completion in await ref]
                for index, _ in came:
                    del owed[index]
                self.vain, worker.rested = 0, False
                self.came.put_nowait(came)
        finally:
            self.blocks.give_back(owed)


def _cause(worker: Worker, error: RayTaskError) -> BaseException:
    """What went wrong at an actor, as it would have been said here; what is a user's to mend with the node."""
    cause: BaseException = error.cause
    if isinstance(cause, Orca2Error):
        return RunError(
            f"{cause} (on node {worker.place.node.address}; what a run names has to lie where all nodes reach it)"
        )
    return cause
