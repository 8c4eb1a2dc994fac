"""Answers of many lengths that share a scheduler, with a step's graph and without."""

import asyncio

from orca2.core.types import Message
from orca2.inference.limits import Bounds
from orca2.inference.local import Local
from orca2.inference.requests import Ask
from orca2.inference.scheduler import Scheduler


def come_and_go(model: Local, least: int) -> dict[bool, list[list[int]]]:
    """The ids of eighteen answers of at least `least` tokens, by whether steps were graphs."""

    async def ids(scheduler: Scheduler, ask: Ask) -> list[int]:
        return [one.id async for _, piece in scheduler.pieces([ask]) for one in piece.picked]

    async def together(scheduler: Scheduler, asks: list[Ask]) -> list[list[int]]:
        return list(await asyncio.gather(*(ids(scheduler, ask) for ask in asks)))

    prompts = [model.chat.prompt([Message("user", "one two three " * (1 + 9 * (i % 3)) + str(i))]) for i in range(18)]
    asks = [Ask(prompt, least + 7 * (i % 6)) for i, prompt in enumerate(prompts)]
    found: dict[bool, list[list[int]]] = {}
    for graphed in (True, False):
        scheduler = Scheduler(
            model.model, model.chat, model.stop, Bounds(rows=13, tokens=13 * 384, kept=500, chunk=150, together=6)
        )
        scheduler._steps._graphed = graphed
        try:
            found[graphed] = asyncio.run(together(scheduler, asks))
            assert scheduler._steps._graphed == graphed
        finally:
            scheduler.close()
    return found
