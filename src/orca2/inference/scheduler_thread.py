"""A scheduler with a thread of its own, for requests that come at any time: `submit` from any thread, `stream` from an
event loop."""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from functools import partial
from typing import Any

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.errors import ModelError
from orca2.inference.limits import EngineLimits, engine_limits
from orca2.inference.openmp import release_omp_threads
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk
from orca2.inference.scheduler import Scheduler


class SchedulerThread:
    """`chat` makes text of the ids; the rest is the scheduler's."""

    def __init__(self, model: Any, chat: ChatCodec, ends: Collection[int], limits: EngineLimits | None = None) -> None:
        self.chat, self.limits = chat, limits or engine_limits(model)
        self.scheduler = Scheduler(model, ends, self.limits)
        self.context = self.scheduler.context
        self._arrived: list[RunningRequest] = []
        self._changed, self._closed = threading.Condition(), False
        release_omp_threads()
        self._thread = threading.Thread(target=self._run, name="orca2-scheduler", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread within torch would abort the process that ends

    @property
    def load(self) -> tuple[int, int, int]:
        """How many answers are under way, how many wait, and how many tokens are kept of ended ones."""
        running, waiting, kept = self.scheduler.load
        return running, waiting + len(self._arrived), kept

    def submit(self, request: GenerationRequest, on_chunk: Callable[[StreamChunk], None]) -> RunningRequest:
        """Have a prompt continued; `on_chunk` gets the chunks in the scheduler's thread, and must be quick."""
        prompt, new = len(request.ids), request.max_tokens
        if not prompt or new < 0 or prompt + new > self.context:
            raise ValueError(f"{prompt} prompt tokens and {new} new ones do not fit {self.context}")
        row = RunningRequest(request, on_chunk, self.chat)
        with self._changed:
            if self._closed:
                raise ModelError("the scheduler is closed")
            self._arrived.append(row)
            self._changed.notify()
        return row

    async def stream(self, requests: Sequence[GenerationRequest]) -> AsyncIterator[tuple[int, StreamChunk]]:
        """(index of the request, chunk) of some answers as they come; leaving the loop cancels the rest."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[int, StreamChunk]]()

        def put(index: int, chunk: StreamChunk) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, (index, chunk))

        rows = [self.submit(request, partial(put, index)) for index, request in enumerate(requests)]
        left = len(rows)
        try:
            while left:
                index, chunk = await queue.get()
                left -= chunk.finish is not None
                yield index, chunk
        finally:
            for row in rows:
                row.cancelled = True

    def close(self) -> None:
        """End the thread; answers under way end with an error."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        atexit.unregister(self.close)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._closed or self._arrived or not self.scheduler.idle):
                    self._changed.wait()
                for row in self._arrived:
                    self.scheduler.add(row)
                self._arrived = []
                if self._closed:
                    return self._fail("the server is stopping")
            try:
                self.scheduler.drop_cancelled()
                self.scheduler.step()
            except Exception as error:  # above all out of memory: whoever asks next finds a scheduler that works
                self._fail(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")

    def _fail(self, why: str) -> None:
        for row in self.scheduler.reset():
            row.emit(why, "error")
