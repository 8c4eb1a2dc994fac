"""One student in a process of its own on some node: it holds the model once and answers block after block."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import ray

from orca2.core.types import Completion, Request
from orca2.scale.status import STATUS, Activity

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
    """The model is loaded by the first call of `load`, since an actor whose making fails says little of why."""

    def __init__(self, checkpoint: Checkpoint, threads: int, run: str) -> None:
        self.checkpoint, self.threads = checkpoint, threads
        node = ray.get_runtime_context().get_node_id()
        self.activity = Activity("student", run, checkpoint.model, node, os.getpid())

    @ray.method(concurrency_group=STATUS)  # type: ignore[untyped-decorator]
    def describe(self) -> dict[str, object]:
        return self.activity.described()

    def load(self) -> tuple[str, int]:
        """The model's name and how many rows it decodes at once. Whatever is wrong with it is an Orca2Error."""
        import torch

        from orca2.inference.limits import engine_limits
        from orca2.models.transformers import load

        if self.threads:
            torch.set_num_threads(self.threads)
        of = self.checkpoint
        self.model = load(of.model, of.base, of.device, dtype=of.dtype, batch_tokens=of.batch_tokens)
        self.model.keeps_cache = True  # block follows block
        return self.model.name, engine_limits(self.model.model, batch=True).rows

    def answer(self, requests: Sequence[Request]) -> Iterator[Answers]:
        """Pairs of the index in `requests` and the answer, a few at a time as they come."""
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


async def _next(answers: AsyncIterator[tuple[int, Completion]]) -> tuple[int, Completion] | None:
    return await anext(answers, None)
