"""Verified sampling: a task is asked again until enough of its answers are right and differ, then in another way."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orca2.asking.converse import CallChain, run_chain
from orca2.asking.engine import Ask
from orca2.core.eliciting import learned, with_thought, written
from orca2.core.ngrams import distinct
from orca2.core.types import Call, Completion, Request, Strategy, Verdict

Judge = Callable[[Completion], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class PromptPlan:
    """A way to ask a task: the strategy, the opening request, and the calls of the strategy that follow it."""

    strategy: Strategy
    opening: Request

    @property
    def calls(self) -> tuple[Call, ...]:
        return self.strategy.calls


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer to a task: by which plan it was asked, its number among the answers by that plan, and its verdict."""

    plan: int
    number: int
    chain: CallChain
    verdict: Verdict


async def sample_until_correct(
    ask: Ask, plans: Sequence[PromptPlan], judge: Judge, samples: int, min_correct: int, first: str
) -> list[Sample]:
    """Up to `samples` answers by each plan, until `min_correct` are right and no two of these nearly the same.

    So many as are still wanted are asked for at once, and their verdicts are awaited before there are more.
    """
    samples_so_far: list[Sample] = []

    async def one(plan: int, number: int) -> Sample:
        opening = replace(plans[plan].opening, sample=number)
        chain = await run_chain(ask, opening, plans[plan].calls, first)
        verdict = await judge(chain.completion)
        thinks = written(plans[plan].strategy) == "thought"
        return Sample(plan, number, chain, with_thought(chain.completion, verdict) if thinks else verdict)

    for plan in range(len(plans)):
        taken = 0
        while taken < samples and (missing := min_correct - _num_correct(plans, samples_so_far)) > 0:
            numbers = range(taken, min(taken + missing, samples))
            samples_so_far += await _all_of(one(plan, number) for number in numbers)
            taken += len(numbers)
    return samples_so_far


async def _all_of(samples: Iterable[Coroutine[Any, Any, Sample]]) -> list[Sample]:
    """All of them, each to its own end; only then is what one of them has raised."""
    ended = await asyncio.gather(*samples, return_exceptions=True)
    for end in ended:
        if isinstance(end, BaseException):
            raise end
    return [end for end in ended if isinstance(end, Sample)]


def _num_correct(plans: Sequence[PromptPlan], samples_so_far: Sequence[Sample]) -> int:
    right = [sample for sample in samples_so_far if sample.verdict.correct]
    return len(distinct([learned(plans[sample.plan].strategy, sample.chain.completion) for sample in right]))
