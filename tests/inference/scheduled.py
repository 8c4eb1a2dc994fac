"""Answers of many lengths that share a scheduler, with a step's graph and without."""

import asyncio

from orca2.core.types import Message
from orca2.inference.limits import EngineLimits
from orca2.inference.local import LocalModel
from orca2.inference.model_rows import ModelRows
from orca2.inference.requests import GenerationRequest
from orca2.inference.scheduler_thread import SchedulerThread


def come_and_go(model: LocalModel, least: int) -> dict[bool, list[list[int]]]:
    """The ids of eighteen answers of at least `least` tokens, by whether steps were graphs."""

    async def ids(scheduler: SchedulerThread, request: GenerationRequest) -> list[int]:
        return [one.id async for _, chunk in scheduler.stream([request]) for one in chunk.sampled]

    async def together(scheduler: SchedulerThread, requests: list[GenerationRequest]) -> list[list[int]]:
        return list(await asyncio.gather(*(ids(scheduler, request) for request in requests)))

    prompts = [
        model.chat.encode_prompt([Message("user", "one two three " * (1 + 9 * (i % 3)) + str(i))]) for i in range(18)
    ]
    requests = [GenerationRequest(prompt, least + 7 * (i % 6)) for i, prompt in enumerate(prompts)]
    found: dict[bool, list[list[int]]] = {}
    for graphed in (True, False):
        scheduler = SchedulerThread(
            model.model,
            model.chat,
            model.stop,
            EngineLimits(rows=13, tokens=13 * 384, prefix_tokens=500, prefill_chunk=150, prefill_rows=6),
        )
        rows = scheduler.scheduler._rows = ModelRows(model.model, 13 * 384, graphed)
        rows._graphed = graphed
        try:
            found[graphed] = asyncio.run(together(scheduler, requests))
            assert rows._graphed == graphed
        finally:
            scheduler.close()
    return found
