"""The grader that fits where another one rejects every answer of a family: told from the answers themselves."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orca2.core.types import Task
from orca2.graders import grade, grader_of, options_for, rejected_gold
from orca2.graders.auto import IN_ORDER

TRIED = (*IN_ORDER, "labels", "exact")
SOME = 50  # answers that are tried
PROSE = 12  # words; a gold answer of more is no value that could be read


@dataclass(frozen=True, slots=True)
class Fit:
    """A grader that accepts so many of so many answers; or one that is needed though it accepts nothing by itself."""

    grader: str
    accepted: int
    tried: int


def fitting(answered: Sequence[tuple[Task, str]]) -> Fit | None:
    """The grader that accepts most answers of a family, and half of them at least; a judge where the gold answers are
    prose; None where nothing shows that the grader is at fault.

    `answered` are tasks with a gold answer, each with what was said to it. A grader that does not accept a gold answer
    itself, or is not of its type, does not fit.
    """
    some = [(task, said) for task, said in answered if task.target][:SOME]
    if not some:
        return None
    targets = [task.target for task, _ in some]
    accepted: Counter[str] = Counter()
    for name in TRIED:
        options = options_for(name, {}, targets)
        tasks = [replace(task, grader=name, grader_options=options, gold="given") for task, _ in some]
        if name != some[0][0].grader and all(_reads(task) for task in tasks):
            accepted[name] = sum(grade(task, said).correct for task, (_, said) in zip(tasks, some, strict=True))
    best = max(accepted, key=lambda name: accepted[name], default="")  # the first of equals
    if best and 2 * accepted[best] >= len(some):
        return Fit(best, accepted[best], len(some))
    if sum(len(target.split()) > PROSE for target in targets) * 2 > len(targets) and some[0][0].grader != "judge":
        return Fit("judge", 0, len(some))
    return None


def _reads(task: Task) -> bool:
    return grader_of(task).reads(task.target, task.prompt) and rejected_gold(task) is None
