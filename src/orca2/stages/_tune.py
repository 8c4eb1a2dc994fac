"""Training from one checkpoint of the run folder into the next, for explain and train alike."""

from collections.abc import Sequence
from typing import Any

import torch

from orca2.core.nouns import Lesson
from orca2.models._loading import load_model, load_tokenizer, locate, pick_device
from orca2.models.transformers import prepare
from orca2.recipe import Training
from orca2.runfolder import RunFolder
from orca2.student.checkpoint import save
from orca2.student.training import train


def tune(
    folder: RunFolder, start: str | None, made: str, lessons: Sequence[Lesson], settings: Training, label: str
) -> dict[str, Any]:
    """Train from a checkpoint of the run folder (None: the untouched student) into a new one."""
    spec = folder.recipe.student
    place = locate(spec.model, folder.base) if start is None else locate(start, folder.path)
    tokenizer = load_tokenizer(place)
    model = load_model(place, torch.float32, pick_device(spec.device))
    prepare(model, tokenizer)
    training = train(model, tokenizer, lessons, settings, folder.recipe.seed, label)
    made_from = {
        "student": spec.model,
        "started_from": start or spec.model,
        "teacher": folder.recipe.teacher.model,
        "lessons": len(lessons),
        "recipe": folder.recipe.name,
        "seed": folder.recipe.seed,
    }
    with folder.new_folder(made) as path:
        save(model, tokenizer, spec.system, path, made_from)
    return training


def losses(training: dict[str, Any]) -> str:
    """Mean loss over the first and over the last tenth of the steps, as in `2.31 -> 0.42`."""
    curve = [point["loss"] for point in training["loss"]]
    tenth = max(1, len(curve) // 10)
    return f"{sum(curve[:tenth]) / tenth:.2f} -> {sum(curve[-tenth:]) / tenth:.2f}"
