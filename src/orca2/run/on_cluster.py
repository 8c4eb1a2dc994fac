"""The training of a stage: in this process, or in those of the cluster that the recipe names."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from orca2 import processes
from orca2.recipe import Recipe
from orca2.run.folder import NonWritingRun, RunFolder

Learn = Callable[[RunFolder], dict[str, Any]]  # a function of a module, so that a process elsewhere can be told of it


def learn_on_cluster(folder: RunFolder, stage: str, learn: Learn) -> dict[str, Any]:
    """What `learn(folder)` returns, which trains; right here under torchrun, or where no cluster has room for more."""
    spec, recipe = folder.recipe.cluster, folder.recipe
    if spec is None or processes.started():
        return learn(folder)
    from orca2.scale.train_workers import plan_workers, train_on

    gpus = recipe.student.device != "cpu"
    if plan_workers(spec, gpus) is None:
        return learn(folder)
    alone = recipe.model_copy(update={"cluster": None})
    place, base = folder.path.resolve(), folder.base.resolve()
    work = partial(_learn, learn, stage, place, alone, base, folder.record, folder.redo, folder.again)
    return train_on(spec, gpus, work, folder.checkpoints(stage).resolve())


def _learn(
    learn: Learn,
    stage: str,
    path: Path,
    recipe: Recipe,
    base: Path,
    record: dict[str, Any],
    redo: bool,
    again: set[str],
) -> dict[str, Any]:
    """In each of the processes; the first writes, and the driver, which waits for it, holds the folder's lock."""
    folder = (NonWritingRun if processes.rank() else RunFolder)(path, recipe, base, record)
    folder.redo, folder.again = redo, again
    with folder.making(stage, keep=True):
        return learn(folder)
