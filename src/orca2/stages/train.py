"""train: the student learns from the erased lessons; what comes out is the cautious student."""

from typing import Any

from orca2.core.nouns import Lesson
from orca2.runfolder import RunFolder
from orca2.stages import _ask

READS = ("train",)
MAKES = ("train.json", "student")


def run(folder: RunFolder) -> dict[str, Any]:
    from orca2.stages import _tune  # torch, only when there is something to train

    lessons = folder.read_rows("lessons.jsonl", "erase", Lesson)
    start = _ask.explained(folder)
    training = _tune.tune(folder, start, "student", lessons, folder.recipe.train, "train")
    folder.write_json("train.json", {"lessons": len(lessons), "training": training})
    return {"said": f"{len(lessons):,} lessons, loss {_tune.losses(training)}"}
