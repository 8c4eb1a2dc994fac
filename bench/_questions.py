"""Sums in words for a student, and the time of its answers."""

import asyncio
import time
from collections.abc import Sequence

from orca2.core.model import Model
from orca2.core.types import Completion, Message, Request

SYSTEM = "You are a cautious assistant. You carefully follow instructions. Reason step by step, then give the answer."
THINGS = ("apples", "marbles", "tickets to the fair", "pages of a long book", "eggs", "pencils in three boxes")


def questions(count: int, most: int) -> list[Request]:
    """Sums in words, of unlike lengths."""
    return [
        Request(
            (
                Message("system", SYSTEM),
                Message("user", f"Ann has {i + 3} {THINGS[i % 6]} and gets {7 * i % 13 + 2} more. " * (1 + i % 3)
                        + "How many does she have? Say how you know."),
            ),
            most,
        )
        for i in range(count)
    ]  # fmt: skip


def answered(model: Model, requests: Sequence[Request]) -> tuple[float, dict[int, Completion]]:
    async def collect() -> dict[int, Completion]:
        return {index: completion async for index, completion in model.generate(requests)}

    started = time.perf_counter()
    found = asyncio.run(collect())
    return time.perf_counter() - started, found
