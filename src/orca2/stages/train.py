"""train: the student learns from the erased lessons; what comes out is the cautious student."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orca2.run.folder import RunFolder
from orca2.run.lessons import lesson_files
from orca2.run.models import explained_checkpoint
from orca2.run.on_cluster import learn_on_cluster
from orca2.run.stage import StageResult


def inputs(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    """The files of lessons, each with the key that names it."""
    return lesson_files(folder, "train", folder.recipe.train)


def follow(folder: RunFolder) -> dict[str, Any]:
    """What each process of the training does."""
    from orca2.run import tuning

    recipe = folder.recipe
    return tuning.progress(
        folder,
        explained_checkpoint(folder),
        "student",
        "cautious",
        recipe.train,
        recipe.teach.tasks_per_family,
        "train",
        "train" in folder.again,
    )


def run(folder: RunFolder) -> StageResult:
    from orca2.run import tuning  # torch, only when there is something to train

    made = learn_on_cluster(folder, "train", follow)
    folder.write_json("train.json", made)
    earlier = [stage["checkpoint"] for stage in made.get("stages", [])[:-1]]
    message = f"{made['lessons']:,} lessons, loss {tuning.losses(made['training'])}"
    return StageResult(message, files=("train.json", "student", *earlier))


def dry_run(folder: RunFolder, show: int) -> None:
    """Say what would be trained on; paint `show` lessons of it, token by token."""
    from orca2.run import tuning

    tuning.dry_run(folder, "cautious", folder.recipe.train, folder.recipe.teach.tasks_per_family, show)
