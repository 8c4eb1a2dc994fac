"""Verified sampling: a task is asked again until enough of its answers are right and differ, then in another way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from orca2.asking.converse import Talk, talk
from orca2.asking.engine import Ask
from orca2.core.ngrams import distinct
from orca2.core.types import Call, Completion, Request, Verdict

Judge = Callable[[Completion], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class Way:
    """How a task can be asked: the opening, and the calls that follow it."""

    opening: Request
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer to a task: in which way it was asked, the how many-th of that way it is, and whether it is right."""

    way: int
    number: int
    talk: Talk
    verdict: Verdict


async def sampled(ask: Ask, ways: Sequence[Way], judge: Judge, samples: int, wanted: int, first: str) -> list[Sample]:
    """Up to `samples` answers in each way, until `wanted` are right and no two of these nearly the same.

    So many as are still wanted are asked for at once, and their verdicts are awaited before there are more.
    """
    found: list[Sample] = []

    async def one(way: int, number: int) -> Sample:
        opening = replace(ways[way].opening, sample=number)
        said = await talk(ask, opening, ways[way].calls, first)
        return Sample(way, number, said, await judge(said.completion))

    for way in range(len(ways)):
        taken = 0
        while taken < samples and (missing := wanted - _right(found)) > 0:
            numbers = range(taken, min(taken + missing, samples))
            found += await asyncio.gather(*(one(way, number) for number in numbers))
            taken += len(numbers)
    return found


def _right(found: Sequence[Sample]) -> int:
    return len(distinct([sample.talk.completion.text for sample in found if sample.verdict.correct]))
