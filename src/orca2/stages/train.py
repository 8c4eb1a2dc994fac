"""train: the student learns from the erased lessons; what comes out is the cautious student."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orca2.runfolder import RunFolder
from orca2.stages import _ask, _lessons

READS = ("seed", "student", "train")
FROM = ("tasks", "explain", "erase")
MAKES = ("train.json", "student")


def inputs(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    """The files of lessons, each with the key that names it."""
    return _lessons.inputs(folder, "train", folder.recipe.train)


def follow(folder: RunFolder) -> dict[str, Any]:
    """What each process of the training does."""
    from orca2.stages import _tune

    return _tune.progress(folder, _ask.explained(folder), "student", "cautious", folder.recipe.train, "train")


def run(folder: RunFolder) -> dict[str, Any]:
    from orca2.stages import _tune  # torch, only when there is something to train

    made = follow(folder)
    folder.write_json("train.json", made)
    earlier = [stage["checkpoint"] for stage in made.get("stages", [])[:-1]]
    return {
        "said": f"{made['lessons']:,} lessons, loss {_tune.losses(made['training'])}",
        "files": [*MAKES, *earlier],
    }
