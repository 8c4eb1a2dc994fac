"""What the arms of one seed share (tasks, explained student, profile, demonstrations), and what each of them learns."""

import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orca2 import pipeline
from orca2.core.arms import BASE, Arm, equal_lessons, equal_tokens, strategy_for
from orca2.core.erasing import erase, with_instruction
from orca2.core.keys import lasting
from orca2.core.types import Demonstration, Lesson, Profile, Task
from orca2.errors import DataError
from orca2.evidence.folders import PLAN, Ablation, Cell
from orca2.evidence.types import ArmPlan, Matching, Plan
from orca2.files import hash_json, write_text
from orca2.progress import console
from orca2.run.demonstrating import count_outcomes, demonstrate, with_verdicts
from orca2.run.folder import RunFolder
from orca2.run.models import load_teacher
from orca2.run.tasks import first_of_each_family, read_tasks, strategies_of

DEMONSTRATIONS = "demonstrations.jsonl"
FRAME = 64  # tokens that a chat template may put around the messages of a lesson, at most

Demonstrations = Mapping[tuple[str, str], Demonstration]  # by task and strategy
Assignment = dict[str, dict[str, str]]  # arm -> task -> strategy


@dataclass(frozen=True, slots=True)
class Share:
    """What an arm gets of the pool: its tasks, the supervised tokens of their lessons, and the steps all arms take."""

    tasks: Sequence[str]
    supervised_tokens: int
    steps: int


def make_plan(ablation: Ablation, seed: int, redo: bool = False) -> None:
    """Do what is missing of it, and write what each arm learns beside its folder."""
    folder = ablation.shared(seed, redo)
    pipeline.run(folder, pipeline.STAGES[:4])
    with folder.lock():
        learning = [arm for arm in ablation.arms.values() if arm.name != BASE]
        assigned, tasks = _assign(folder, learning)
        key = hash_json([folder.record["stages"]["profile"]["outputs"], assigned, _spec(ablation)])
        place = folder.path.parent / PLAN
        if place.exists() and ablation.plan(seed).key == key:
            return
        demonstrations = _demonstrations(folder, assigned, tasks)
        lessons = {arm.name: _lessons(folder, arm, assigned[arm.name], demonstrations) for arm in learning}
        matchings: dict[Matching, dict[str, ArmPlan]] = {}
        for matching in ablation.matchings:
            shares = _shares(ablation, folder, matching, learning, lessons, tasks)
            matchings[matching] = {name: _arm_plan(name, shares, lessons, assigned[name]) for name in shares}
            for name, share in shares.items():
                where = ablation.folder(Cell(seed, matching, name))
                where.write_rows("lessons.jsonl", [lessons[name][task] for task in share.tasks])
        judged = list(demonstrations.values())
        plan = Plan(
            key=key, matchings=matchings, demonstrations=count_outcomes(judged),
            wrong=dict(Counter(shown.family for shown in judged if not (shown.verdict and shown.verdict.correct))),
            chosen=chosen(folder),
        )  # fmt: skip
        write_text(place, json.dumps(dataclasses.asdict(plan), indent=1) + "\n")
        for matching, arms in matchings.items():
            console.print(f"  seed {seed}, equal {matching}: {_said(arms)}", soft_wrap=True)


def chosen(folder: RunFolder) -> dict[str, str]:
    """The strategy chosen for each family that was profiled."""
    found = folder.read_noun("profile.json", "profile", Profile)
    return {family: choice.chosen for family, choice in found.families.items()}


def _spec(ablation: Ablation) -> Any:
    recipe = ablation.recipe
    kept = ("match_by", "batch")
    return [
        ablation.arms, {key: getattr(recipe.ablate, key) for key in kept}, recipe.student.system, recipe.erase.system,
        recipe.train.row_tokens, recipe.train.epochs, lasting(recipe.teacher.model_dump(), "teacher."),
    ]  # fmt: skip


def _assign(folder: RunFolder, arms: Iterable[Arm]) -> tuple[Assignment, dict[str, Task]]:
    """The strategy of each task of the pool in each arm, and the tasks, in the order in which they are taken."""
    recipe, picked = folder.recipe, chosen(folder)
    # from the far end of the split, as in the stage teach: tasks that explanation tuning has not shown come first
    pool = first_of_each_family(reversed(read_tasks(folder, "train")), recipe.teach.tasks_per_family)
    found: Assignment = {}
    for arm in arms:
        of = {family: [s.name for s in strategies_of(folder, family)] for family in {t.family for t in pool}}
        found[arm.name] = {
            task.id: strategy_for(arm, task.id, of[task.family], picked[task.family], recipe.seed) for task in pool
        }
    return found, {task.id: task for task in pool}


def _demonstrations(folder: RunFolder, assigned: Assignment, tasks: Mapping[str, Task]) -> Demonstrations:
    """Each task under each strategy that some arm needs, asked once for all of them, and judged."""
    by_name = {strategy.name: strategy for strategy in strategies_of(folder)}
    wanted = dict.fromkeys((task, name) for strategies in assigned.values() for task, name in strategies.items())
    pairs = [(tasks[task], by_name[name]) for task, name in wanted]
    with folder.asking("demonstrations"):
        shown = demonstrate(folder, load_teacher(folder), pairs, "ablate: teacher")
        judged = with_verdicts(folder, shown, dict(tasks))
    folder.write_rows(DEMONSTRATIONS, judged)
    return {(shown.task, shown.strategy): shown for shown in judged}


def _lessons(
    folder: RunFolder, arm: Arm, strategies: Mapping[str, str], demonstrations: Demonstrations
) -> dict[str, Lesson]:
    """The usable lesson of each task that has one."""
    known, found = strategies_of(folder), {}
    default, keeps = folder.recipe.student.system, folder.recipe.erase.system
    for task, name in strategies.items():
        shown = demonstrations[task, name]
        right = shown.verdict is not None and shown.verdict.correct
        if (arm.verified and not right) or shown.completion.error or not shown.completion.text.strip():
            continue
        lesson = with_instruction(shown, known) if arm.kept else erase(shown, default, known, keeps=keeps)
        if lesson is not None:
            found[task] = lesson
    return found


def _shares(
    ablation: Ablation,
    folder: RunFolder,
    matching: Matching,
    arms: Iterable[Arm],
    lessons: Mapping[str, Mapping[str, Lesson]],
    tasks: Mapping[str, Task],
) -> dict[str, Share]:
    """What each arm gets, so that all have the same of `matching`."""
    pool: dict[str, list[str]] = {}
    for task in tasks.values():
        pool.setdefault(task.family, []).append(task.id)
    count = _counter(folder, lessons)
    most = folder.recipe.train.row_tokens
    sizes = {
        name: {t: count(x.messages[-1].content) + 1 for t, x in found.items() if _whole(x, count) <= most}
        for name, found in lessons.items()
    }
    for family, members in pool.items():
        for name, found in sizes.items():
            if not any(task in found for task in members):
                raise DataError(
                    f"ablate: arm {name!r} has no usable lesson of {family!r} among {len(members)} tasks; see"
                    f" {folder.path / DEMONSTRATIONS}, raise train.row_tokens, or leave the family out"
                )
    if matching == "tokens":
        taken = equal_tokens(pool, sizes, folder.recipe.seed)
    else:
        checked = {arm.name: sizes[arm.name] for arm in arms if arm.verified}
        taken = equal_lessons(pool, checked, {arm.name: sizes[arm.name] for arm in arms if not arm.verified})
    if not all(taken.values()):
        empty = next(name for name, found in taken.items() if not found)
        raise DataError(
            f"ablate: no task has a usable lesson in every arm, as {empty!r} shows; raise teach.tasks_per_family"
        )
    mean = sum(map(len, taken.values())) / len(taken)
    steps = max(1, round(mean / ablation.recipe.ablate.batch))
    return {name: Share(found, sum(sizes[name][task] for task in found), steps) for name, found in taken.items()}


def _counter(folder: RunFolder, lessons: Mapping[str, Mapping[str, Lesson]]) -> Callable[[str], int]:
    """Tokens of a text, each one counted once."""
    from orca2.checkpoints.loading import load_tokenizer, locate

    tokenizer = load_tokenizer(locate(folder.recipe.student.model, folder.base))
    texts = list(dict.fromkeys(m.content for found in lessons.values() for x in found.values() for m in x.messages))
    ids = tokenizer(texts, add_special_tokens=False)["input_ids"]
    counts = {text: len(found) for text, found in zip(texts, ids, strict=True)}
    return counts.__getitem__


def _whole(lesson: Lesson, count: Callable[[str], int]) -> int:
    """What a lesson is at most: so none is dropped in training, which would make the arms unequal."""
    return sum(count(message.content) for message in lesson.messages) + FRAME


def _arm_plan(
    name: str,
    shares: Mapping[str, Share],
    lessons: Mapping[str, Mapping[str, Lesson]],
    strategies: Mapping[str, str],
) -> ArmPlan:
    share = shares[name]
    return ArmPlan(
        lessons=len(share.tasks),
        supervised_tokens=share.supervised_tokens,
        steps=share.steps,
        strategies=dict(Counter(strategies[task] for task in share.tasks)),
        same_as=_same_as(name, shares, lessons),
    )


def _same_as(name: str, shares: Mapping[str, Share], lessons: Mapping[str, Mapping[str, Lesson]]) -> str:
    """The first arm before this one that learns the very same lessons; empty if none does."""
    tasks = shares[name].tasks
    mine = [lessons[name][task] for task in tasks]
    for other, share in shares.items():
        if other == name:
            return ""
        if share.tasks == tasks and [lessons[other][task] for task in tasks] == mine:
            return other
    return ""


def _said(arms: Mapping[str, ArmPlan]) -> str:
    return ", ".join(
        f"{name} {planned.lessons:,} lessons" + (f" (those of {planned.same_as})" if planned.same_as else "")
        for name, planned in arms.items()
    )
