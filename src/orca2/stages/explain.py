"""explain: the explanation tuning of Orca 1. Every strategy, its instruction kept, so that the
student can follow each one; only then does a profile of it measure strategies and not obedience."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from orca2 import processes
from orca2.core.erasing import with_instruction
from orca2.run.demonstrating import count_outcomes, count_tokens, demonstrate, with_verdicts
from orca2.run.folder import RunFolder
from orca2.run.lessons import lesson_files
from orca2.run.models import load_teacher
from orca2.run.on_cluster import learn_on_cluster
from orca2.run.stage import StageResult
from orca2.run.tasks import first_of_each_family, pair_with_strategies, read_tasks, strategies_of
from orca2.stages import _eval_points


def inputs(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    """The files of lessons, each with the key that names it."""
    return lesson_files(folder, "explain", folder.recipe.explain)


def run(folder: RunFolder) -> StageResult:
    from orca2.run import tuning  # torch, only when there is something to train

    recipe = folder.recipe
    if recipe.explain.tasks == 0 and not recipe.explain.stages:
        folder.write_json("explain.json", {"skipped": "explain.tasks = 0: the student follows strategies already"})
        return StageResult("skipped, explain.tasks = 0")
    processes.check()
    train = read_tasks(folder, "train")
    chosen = first_of_each_family(train, recipe.explain.tasks)
    pairs = pair_with_strategies(folder, chosen)
    shown = demonstrate(folder, load_teacher(folder), pairs, "explain: teacher") if pairs else []
    judged = with_verdicts(folder, shown, {task.id: task for task in chosen})
    known = strategies_of(folder)
    lessons = [with_instruction(d, known) for d in judged if d.verdict and d.verdict.correct]
    cells = Counter(f"{d.family} {d.strategy}" for d in judged if d.verdict and d.verdict.correct)
    folder.write_rows("explain-lessons.jsonl", lessons)
    asked = Counter(f"{d.family} {d.strategy}" for d in judged)
    if not folder.checkpoints("explain").exists():
        folder.out(_eval_points.FILE).unlink(missing_ok=True)  # of another training
    processes.reached("lessons")
    made = learn_on_cluster(folder, "explain", _learn)
    if _times(folder) and not folder.out("explained").exists():  # not trained again; its trials may be read otherwise
        _eval_points.regrade(folder)
    numbers = {"cells": cells, "asked": asked, "demonstrations": count_outcomes(judged)}
    folder.write_json("explain.json", {**made, **numbers})
    earlier = [stage["checkpoint"] for stage in made.get("stages", [])[:-1]]
    files = (
        "explain.json",
        "explain-lessons.jsonl",
        *([_eval_points.FILE] if _times(folder) else []),
        *earlier,
        "explained",
    )
    message = f"{made['lessons']:,} lessons, loss {tuning.losses(made['training'])}"
    return StageResult(message, *count_tokens(shown), files)


def follow(folder: RunFolder) -> None:
    """What each process but the first does of the training: it waits for the lessons, and learns them too."""
    if folder.recipe.explain.tasks or folder.recipe.explain.stages:
        processes.wait("lessons")
        _learn(folder)


def _learn(folder: RunFolder) -> dict[str, Any]:
    from orca2.run import tuning
    from orca2.training.mid_training_eval import EvalPoints

    times = _times(folder)
    eval_points = EvalPoints(times, partial(_eval_points.evaluate, folder)) if times else None
    again = "explain" in folder.again or (times > 0 and not folder.place(_eval_points.FILE).exists())
    return tuning.progress(
        folder, None, "explained", "explain", folder.recipe.explain, folder.recipe.explain.tasks, "explain", again,
        eval_points, _eval_points.planned(folder) if times else "",
    )  # fmt: skip


def _times(folder: RunFolder) -> int:
    """How often the student is tried on the way."""
    return folder.recipe.explain.eval_points if folder.recipe.profile.subject == "student" else 0


def dry_run(folder: RunFolder, show: int) -> None:
    """Say what would be trained on; paint `show` lessons of it, token by token."""
    from orca2.run import tuning

    tuning.dry_run(folder, "explain", folder.recipe.explain, folder.recipe.explain.tasks, show)
