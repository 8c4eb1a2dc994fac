"""One student in a process of its own on some node: it holds the model once and answers block after block."""

import asyncio
import gc
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ray

from orca2.core.types import Completion, Request
from orca2.scale.status import STATUS, Activity

if TYPE_CHECKING:
    from orca2.inference.local import LocalModel

TELL = 0.25  # seconds in which answers gather before they are sent: one by one each is an object of Ray's

Answers = list[tuple[int, Completion]]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What `models.transformers.load` is called with."""

    model: str
    base: Path
    device: str = "auto"
    dtype: str = "auto"
    batch_tokens: int = 0


class StudentActor:
    """The model is loaded by a call of `load`, since an actor whose making fails says little of why. A later call
    loads another one in its place: a new process would have to import PyTorch first."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.model: LocalModel | None = None
        self.activity = self._activity("", "")

    @ray.method(concurrency_group=STATUS)  # type: ignore[untyped-decorator]
    def describe(self) -> dict[str, object]:
        return self.activity.described()

    def load(self, of: Checkpoint, run: str) -> tuple[str, int]:
        """The model's name and how many rows it decodes at once. Whatever is wrong with it is an Orca2Error."""
        import torch

        from orca2.inference.limits import engine_limits
        from orca2.models.transformers import load

        self.activity = self._activity(run, of.model)
        if self.threads:
            torch.set_num_threads(self.threads)
        if self.model is not None:
            self.model = None
            gc.collect()  # before the memory of the next is asked for
            if of.device == "cuda":
                torch.cuda.empty_cache()
        self.model = load(of.model, of.base, of.device, dtype=of.dtype, batch_tokens=of.batch_tokens)
        self.model.keeps_cache = True  # block follows block
        return self.model.name, engine_limits(self.model.model, batch=True).rows

    def answer(self, requests: Sequence[Request]) -> Iterator[Answers]:
        """Pairs of the index in `requests` and the answer, a few at a time as they come."""
        assert self.model is not None, "a model is loaded before it is asked"
        self.activity.in_flight += len(requests)
        answers, told, came = self.model.generate(requests), time.monotonic(), Answers()
        with asyncio.Runner() as runner:
            while (answer := runner.run(_next(answers))) is not None:
                came.append(answer)
                self.activity.done += 1
                self.activity.in_flight -= 1
                if time.monotonic() - told > TELL:
                    yield came
                    told, came = time.monotonic(), []
        if came:
            yield came

    def _activity(self, run: str, model: str) -> Activity:
        return Activity("student", run, model, ray.get_runtime_context().get_node_id(), os.getpid())


async def _next(answers: AsyncIterator[tuple[int, Completion]]) -> tuple[int, Completion] | None:
    return await anext(answers, None)
