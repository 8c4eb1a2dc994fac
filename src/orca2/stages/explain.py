"""explain: the explanation tuning of Orca 1. Every strategy, its instruction kept, so that the
student can follow each one; only then does a profile of it measure strategies and not obedience."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from orca2 import processes
from orca2.core.erasing import keep
from orca2.runfolder import RunFolder
from orca2.stages import _ask, _lessons, _looks

LOOKS = ("profile.who", "profile.looks", "profile.look_tasks")
READS = (*_ask.SEEDS, "student", *_ask.TEACHER, *_ask.STRATEGIES, "judge", "explain", *LOOKS)
FROM = ("tasks",)
MAKES = ("explain.json",)


def inputs(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    """The files of lessons, each with the key that names it."""
    return _lessons.inputs(folder, "explain", folder.recipe.explain)


def run(folder: RunFolder) -> dict[str, Any]:
    from orca2.stages import _tune  # torch, only when there is something to train

    recipe = folder.recipe
    if recipe.explain.tasks == 0 and not recipe.explain.stages:
        folder.write_json("explain.json", {"skipped": "explain.tasks = 0: the student follows strategies already"})
        return {"said": "skipped, explain.tasks = 0"}
    processes.check()
    train = _ask.tasks(folder, "train")
    chosen = _ask.per_family(train, recipe.explain.tasks)
    pairs = _ask.pairs(folder, chosen)
    shown = _ask.demonstrate(folder, _ask.teacher(folder), pairs, "explain: teacher") if pairs else []
    judged = _ask.verify(folder, shown, {task.id: task for task in chosen})
    lessons = [keep(d) for d in judged if d.verdict and d.verdict.correct]
    cells = Counter(f"{d.family} {d.strategy}" for d in judged if d.verdict and d.verdict.correct)
    folder.write_rows("explain-lessons.jsonl", lessons)
    asked = Counter(f"{d.family} {d.strategy}" for d in judged)
    if not folder.checkpoints("explain").exists():
        folder.out(_looks.FILE).unlink(missing_ok=True)  # of another training
    processes.reached("lessons")
    made = _learn(folder)
    numbers = {"cells": cells, "asked": asked, "demonstrations": _ask.ledger(judged)}
    folder.write_json("explain.json", {**made, **numbers})
    earlier = [stage["checkpoint"] for stage in made.get("stages", [])[:-1]]
    return {
        "said": f"{made['lessons']:,} lessons, loss {_tune.losses(made['training'])}",
        "files": [*MAKES, "explain-lessons.jsonl", *([_looks.FILE] if _times(folder) else []), *earlier, "explained"],
        **_ask.tokens(shown),
    }


def follow(folder: RunFolder) -> None:
    """What each process but the first does of the training: it waits for the lessons, and learns them too."""
    if folder.recipe.explain.tasks or folder.recipe.explain.stages:
        processes.wait("lessons")
        _learn(folder)


def _learn(folder: RunFolder) -> dict[str, Any]:
    from orca2.stages import _tune
    from orca2.student.looks import Looks

    times = _times(folder)
    looks = Looks(times, partial(_looks.look, folder)) if times else None
    return _tune.progress(folder, None, "explained", "explain", folder.recipe.explain, "explain", looks)


def _times(folder: RunFolder) -> int:
    """How often the student is tried on the way."""
    return folder.recipe.profile.looks if folder.recipe.profile.who == "student" else 0
