"""Which lessons show other demonstrations before their task, and which ones they show.

Orca 2 packs 3 to 5 demonstrations of the same task under the same instruction into some of its prompts.
"""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

from orca2.core.types import Demonstration


def draw(
    shown: Sequence[Demonstration], share: float, between: tuple[int, int], seed: int
) -> tuple[dict[str, list[Demonstration]], dict[str, int]]:
    """Task id to its examples, for a share of the demonstrations; and the families that have too few, with how many.

    Examples are right, of the task's family, strategy and own system message, and never the task's own. Where there are
    fewer than `between` asks for, the lesson goes without.
    """
    groups: dict[tuple[str, str, str], list[Demonstration]] = defaultdict(list)
    for demonstration in sorted(shown, key=lambda demonstration: demonstration.task):
        if demonstration.verdict and demonstration.verdict.correct:
            groups[_alike(demonstration)].append(demonstration)
    fewest, most = between
    order = sorted(shown, key=lambda demonstration: _rng(seed, "whether", demonstration).random())
    examples: dict[str, list[Demonstration]] = {}
    short: dict[str, int] = {}
    for demonstration in order[: round(share * len(shown))]:
        group = groups[_alike(demonstration)]
        others = [other for other in group if other.task != demonstration.task]
        if len(others) < fewest:
            short[demonstration.family] = len(group)
            continue
        rng = _rng(seed, "which", demonstration)
        examples[demonstration.task] = rng.sample(others, rng.randint(fewest, min(most, len(others))))
    return examples, short


def _alike(shown: Demonstration) -> tuple[str, str, str]:
    return shown.family, shown.strategy, shown.system


def _rng(seed: int, what: str, demonstration: Demonstration) -> Random:
    return Random(f"{seed}/{what}/{demonstration.task}")
