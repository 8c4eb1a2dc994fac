"""An event loop to run coroutines in from code that is none: also where one runs already, as in a notebook's cells."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor, wait
from types import TracebackType
from typing import Any, Self, TypeVar

from orca2.inference.openmp import release_omp_threads

T = TypeVar("T")


class Loop:
    """This thread's, or else one in a thread of its own. Ctrl-C cancels what runs."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._thread = ThreadPoolExecutor(1, "orca2 loop") if asyncio._get_running_loop() else None
        self._task: asyncio.Task[Any] | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        if self._thread is None:
            return self._runner.run(work)
        release_omp_threads()
        found = self._thread.submit(self._runner.run, self._noted(work))
        try:
            return found.result()
        except BaseException:  # an interrupt here is none in the other thread
            if not found.done() and self._task is not None:
                self._runner.get_loop().call_soon_threadsafe(self._task.cancel)
                wait([found])
            raise

    async def _noted(self, work: Coroutine[Any, Any, T]) -> T:
        self._task = asyncio.current_task()
        return await work

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._thread is None:
            self._runner.close()
        else:
            self._thread.submit(self._runner.close).result()
            self._thread.shutdown()
