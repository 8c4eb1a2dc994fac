"""Feeding a model that answers in lists: whatever waits when it is free goes in as one."""

import asyncio
import ctypes
import threading
from collections import deque
from collections.abc import Sequence

from orca2.core.model import Model
from orca2.core.types import Completion, Request
from orca2.inference.openmp import release_omp_threads

Waiting = tuple[Request, "asyncio.Future[Completion]"]


class Stopped(BaseException):
    """Raised in the model's thread when nobody waits for its answers any more."""


class LocalBatcher:
    """A thread runs `generate`, so that the loop goes on while a local model computes."""

    def __init__(self, model: Model) -> None:
        self.model, self.waiting = model, list[Waiting]()
        self.storing = 0  # answers on their way to the disk, whose rows may ask on once they are there
        self.batch: Sequence[Waiting] = ()
        self.loop = asyncio.get_running_loop()
        self.serving: asyncio.Task[None] | None = None
        self.thread: threading.Thread | None = None
        self.begun, self.computing = (
            threading.Event(),
            False,
        )  # outside of that its loop is made or ends, and is not torn

    async def ask(self, request: Request) -> Completion:
        future: asyncio.Future[Completion] = self.loop.create_future()
        self.waiting.append((request, future))
        if self.serving is None:
            self.serving = self.loop.create_task(self._serve())
        return await future

    @property
    def in_flight(self) -> int:
        return len(self.waiting)

    def close(self) -> None:
        """Stop the model where it is, and ask it nothing more."""
        if self.serving is not None:
            self.serving.cancel()
        if self.thread is None:
            return
        self.begun.wait()
        if self.computing and self.thread.ident is not None and not all(future.done() for _, future in self.batch):
            # the only way into a loop of somebody else's: it ends at its next bytecode, a decoding step at most
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread.ident), ctypes.py_object(Stopped))
        self.thread.join()

    async def _serve(self) -> None:
        while self.waiting:
            seen = -1
            while seen != len(self.waiting) or self.storing:  # rows that were just answered may ask on: their turn
                seen = len(self.waiting)
                await asyncio.sleep(0.001 if self.storing else 0)
                await asyncio.sleep(0)
            self.batch, self.waiting = self.waiting, []
            await self._generate(self.batch)
        self.serving = None

    async def _generate(self, batch: Sequence[Waiting]) -> None:
        ended: asyncio.Future[None] = self.loop.create_future()
        came: deque[tuple[int, Completion]] = deque()

        def deliver() -> None:
            while came:
                index, completion = came.popleft()
                if not batch[index][1].done():
                    batch[index][1].set_result(completion)

        def end(error: BaseException | None) -> None:
            deliver()
            for _, future in batch:
                if not future.done():
                    future.set_exception(error or AssertionError(f"{self.model.name} left a request without an answer"))
            if not ended.done():
                ended.set_result(None)

        async def collect() -> None:
            self.computing = True
            self.begun.set()
            try:
                async for found in self.model.generate([request for request, _ in batch]):
                    came.append(found)
                    if len(came) == 1:  # else the loop has been told, and has not come to it yet
                        self.loop.call_soon_threadsafe(deliver)
            finally:
                self.computing = False

        def work() -> None:
            try:
                asyncio.run(collect())
            except Stopped:
                return
            except BaseException as error:  # told to those who wait, whatever it is
                self.loop.call_soon_threadsafe(end, error)
            else:
                self.loop.call_soon_threadsafe(end, None)

        self.begun.clear()
        release_omp_threads()
        self.thread = threading.Thread(target=work, name=f"orca2 {self.model.name}", daemon=True)
        self.thread.start()
        await ended
