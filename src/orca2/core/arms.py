"""The arms of an ablation: what each one's lessons are like, and which tasks they come from.

All arms draw on one pool of prompts, so that they differ in how a prompt is answered and in nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

CHOSEN, RANDOM = "chosen", "random"  # rules of strategy beside the names of strategies
BASE = "base"

Pool = Mapping[str, Sequence[str]]  # family -> ids of its train tasks, in the order in which they are taken


@dataclass(frozen=True, slots=True)
class Arm:
    """`strategy` is a strategy's name, RANDOM or CHOSEN; empty for the student that learns nothing."""

    name: str
    strategy: str
    kept: bool = False
    verified: bool = True


BUILT_IN = {
    arm.name: arm
    for arm in (
        Arm(BASE, ""),
        Arm("instruction_tuning", "direct"),
        Arm("step_by_step", "step_by_step"),
        Arm("explanation_tuning", RANDOM, kept=True),
        Arm("random_erased", RANDOM),
        Arm("chosen_kept", CHOSEN, kept=True),
        Arm("cautious", CHOSEN),
        Arm("cautious_unverified", CHOSEN, verified=False),
    )
}


def strategy_for(arm: Arm, task: str, known: Sequence[str], chosen: str, seed: int) -> str:
    """The strategy under which an arm has a task answered; `known` and `chosen` are those of the task's family."""
    if arm.strategy == RANDOM:
        return Random(f"{seed}/{task}").choice(known)
    return chosen if arm.strategy == CHOSEN else arm.strategy


def equal_lessons(pool: Pool, verified: Mapping[str, Collection[str]], others: Mapping[str, Collection[str]]) -> Pool:
    """The tasks of each arm: of every family as many as every arm has.

    `verified` and `others` map an arm to the tasks that it has a usable lesson of. Verified arms get the very same
    tasks, those that all of them have. An arm that is not verified would lose by that what it is there for, the
    teacher's errors, so it gets as many of its own, as they come.
    """
    found: dict[str, list[str]] = {name: [] for name in (*verified, *others)}
    for tasks in pool.values():
        common = [task for task in tasks if all(task in have for have in verified.values())]
        own = {name: [task for task in tasks if task in have] for name, have in others.items()}
        if not verified:
            common = min(own.values(), key=len)
        count = min(len(common), *map(len, own.values()), len(tasks))
        for name in verified:
            found[name] += common[:count]
        for name, some in own.items():
            found[name] += some[:count]
    return found


def equal_tokens(pool: Pool, tokens: Mapping[str, Mapping[str, int]], seed: int) -> Pool:
    """The tasks of each arm: as many as have no more supervised tokens in all than the arm that has the fewest.

    `tokens` maps an arm to those of each task that it has a usable lesson of. All arms go through the tasks of all
    families in one random order, and are handed out in that of the pool.
    """
    everything = [task for tasks in pool.values() for task in tasks]
    order = Random(seed).sample(everything, len(everything))
    budget = min(sum(have.values()) for have in tokens.values())
    found: dict[str, list[str]] = {}
    for name, have in tokens.items():
        taken: set[str] = set()
        left = budget
        for task in order:
            if task in have and have[task] <= left:
                taken.add(task)
                left -= have[task]
        found[name] = [task for task in everything if task in taken]
    return found
