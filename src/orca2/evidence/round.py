"""A round of the closed loop: where the best student is weak, what it is taught there, and what that gains.

A round is judged on half of the profile split, which nothing else of it looks at. The test split is answered before and
after for the record, and decides nothing.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2 import preflight
from orca2.core.comparing import summary
from orca2.core.erasing import erase
from orca2.core.model import Model
from orca2.core.racing import Rules
from orca2.core.results import Result
from orca2.core.rounds import affordable, gain, is_kept, strategy_now, weakest
from orca2.core.types import Answer, Demonstration, Lesson, Task
from orca2.evidence.round_students import student_name
from orca2.evidence.types import RoundRecord, RoundStudent, RoundTest
from orca2.progress import console
from orca2.recipe import Recipe
from orca2.run.demonstrating import count_outcomes, count_tokens, demonstrate, with_verdicts
from orca2.run.folder import RunFolder
from orca2.run.models import load_student, load_teacher
from orca2.run.tasks import read_tasks, strategies_of, student_system
from orca2.run.trials import profile_pools
from orca2.sections import Training
from orca2.stages import evaluate, profile


@dataclass(frozen=True)
class RoundStart:
    """What is known when a round starts: the best student so far, as a checkpoint's name in the run folder, the
    strategy `chosen` for each family, the tasks `used` before, and the tokens `left` of the budget."""

    number: int
    student: str
    chosen: Mapping[str, str]
    used: frozenset[str]
    left: int


@dataclass(frozen=True)
class Answered:
    """A student's answers to what a round is judged on, and to the test split."""

    judged: list[Answer]
    test: list[Answer]


def make_round(folder: RunFolder, start: RoundStart, settings: Recipe) -> RoundRecord | None:
    """None, and why is said, if there is none to make."""
    preflight.check(folder.recipe, folder.base, ("profile", "teach", "verify", "train", "evaluate"))
    looked, judged = _halves(folder)
    model = load_student(folder, start.student)
    seen = _answers(folder, model, looked, f"round {start.number}: where it is weak")
    before = _answered(folder, model, judged, start.number, "before")
    families = weakest(_rights(seen))
    if not families:
        console.print("  every task of the profile split is right: nothing is weak")
        return None
    pools = {family: [task for task in looked if task.family == family] for family in families}
    chosen = _profile(folder, model, pools, start.chosen)
    del model
    asked, shown = _demonstrate(folder, start, chosen, settings.teach.tasks_per_family)
    if not asked:
        console.print(
            f"  --budget: the {start.left:,} tokens left buy no demonstration for each of {', '.join(families)}"
        )
        return None
    lessons = _lessons(folder, shown)
    student = None
    if lessons:
        old = _rehearsal(folder, families, len(lessons))
        model = _train(folder, start, [*lessons, *old], settings.train.plan("cautious")[-1][1])
        after = _answered(folder, model, judged, start.number, "after")
        student = _compared(after, before, families, folder.recipe.seed, len(old))
    return RoundRecord(
        round=start.number,
        started_from=start.student,
        strategies=chosen,
        asked=[task.id for task in asked],
        demonstrations=count_outcomes(shown),
        tokens=sum(count_tokens(shown)[:2]),
        lessons=len(lessons),
        student=student,
    )


def _halves(folder: RunFolder) -> tuple[list[Task], list[Task]]:
    """The profile split in two: to see where the student is weak, and to judge a round by."""
    pools = profile_pools(folder).values()
    return [task for pool in pools for task in pool[::2]], [task for pool in pools for task in pool[1::2]]


def _answered(folder: RunFolder, model: Model, judged: Sequence[Task], number: int, when: str) -> Answered:
    return Answered(
        _answers(folder, model, judged, f"round {number}: {when}"),
        _answers(folder, model, read_tasks(folder, "test"), f"round {number}: test {when}"),
    )


def _answers(folder: RunFolder, model: Model, tasks: Sequence[Task], label: str) -> list[Answer]:
    """Under the default message, as the student is used."""
    asked = [("default", student_system(folder, task), task) for task in tasks]
    return evaluate.answers(folder, model, asked, label)[0]


def _rights(answers: Sequence[Answer]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for answer in answers:
        right, tried = found.get(answer.family, (0, 0))
        found[answer.family] = (right + (answer.outcome == "correct"), tried + 1)
    return found


def _profile(
    folder: RunFolder, model: Model, pools: Mapping[str, Sequence[Task]], chosen: Mapping[str, str]
) -> dict[str, str]:
    """The strategy of each weak family, tried again on this student."""
    spec = folder.recipe.profile
    again = profile.choose_strategies(folder, model, pools, Rules(spec.alpha, spec.tokens_per_point))
    return {family: strategy_now(chosen[family], choice) for family, choice in again.items()}


def _demonstrate(
    folder: RunFolder, start: RoundStart, chosen: Mapping[str, str], each: int
) -> tuple[list[Task], list[Demonstration]]:
    """`each` train tasks of the weak families, unseen ones first, under their strategies, or what the budget buys."""
    before = folder.read_rows("demonstrations.jsonl", "teach", Demonstration)
    most = affordable(start.left, sum(count_tokens(before)[:2]), len(before))
    train = sorted(read_tasks(folder, "train"), key=lambda task: task.id in start.used)
    tasks: list[Task] = []
    share = min(each, most // len(chosen))
    for family in chosen:
        tasks += [task for task in train if task.family == family][:share]
    by_name = {strategy.name: strategy for strategy in strategies_of(folder)}
    pairs = [(task, by_name[chosen[task.family]]) for task in tasks]
    with folder.asking(f"improve, round {start.number}"):
        shown = demonstrate(folder, load_teacher(folder), pairs, f"round {start.number}: teacher")
        return tasks, with_verdicts(folder, shown, {task.id: task for task in tasks})


def _lessons(folder: RunFolder, shown: Sequence[Demonstration]) -> list[tuple[Lesson, str]]:
    """Those that right demonstrations make, each with its family."""
    known, default, keeps = strategies_of(folder), folder.recipe.student.system, folder.recipe.erase.system
    right = [one for one in shown if one.verdict and one.verdict.correct]
    found = [(erase(one, default, known, keeps=keeps), one.family) for one in right]
    return [(lesson, family) for lesson, family in found if lesson is not None]


def _rehearsal(folder: RunFolder, families: Sequence[str], most: int) -> list[tuple[Lesson, str]]:
    """As many lessons of the other families, from those of the run: what is not rehearsed is lost."""
    of = {task.id: task.family for task in read_tasks(folder, "train")}
    rows = folder.read_rows("lessons.jsonl", "erase", Lesson)
    others = [(lesson, of[lesson.task]) for lesson in rows if of[lesson.task] not in families]
    step = max(1, len(others) // max(most, 1))
    return others[::step][:most]


def _train(folder: RunFolder, start: RoundStart, gathered: Sequence[tuple[Lesson, str]], settings: Training) -> Model:
    """The round's student."""
    from orca2.run import tuning  # torch, only when there is something to train

    label, made = f"round {start.number}", student_name(start.number)
    checkpoints = folder.checkpoints(f"improve-{start.number}")
    tuning.tune(folder, start.student, made, gathered, settings, label, checkpoints)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return load_student(folder, made)


def _compared(after: Answered, before: Answered, families: Sequence[str], seed: int, rehearsed: int) -> RoundStudent:
    judged = gain(after.judged, before.judged, families, seed)
    return RoundStudent(
        rehearsed=rehearsed,
        judged=judged,
        test=RoundTest(
            before=_results(before.test),
            after=_results(after.test),
            gain=gain(after.test, before.test, families, seed),
        ),
        kept=is_kept(judged),
    )


def _results(answers: Sequence[Answer]) -> dict[str, Result]:
    families = sorted({answer.family for answer in answers})
    found = {family: summary([a for a in answers if a.family == family], family=family) for family in families}
    return found | {"all": summary(answers)}
