"""Training from one checkpoint of the run folder into the next, for explain and train alike."""

import os
from collections.abc import Sequence
from typing import Any

import torch

from orca2.core.nouns import Lesson
from orca2.models._loading import load_model, load_tokenizer, locate, pick_device
from orca2.models.transformers import prepare
from orca2.recipe import Training
from orca2.runfolder import RunFolder
from orca2.student import adapters
from orca2.student.checkpoint import save
from orca2.student.training import compute_type, train


def tune(
    folder: RunFolder, start: str | None, made: str, lessons: Sequence[Lesson], settings: Training, stage: str
) -> dict[str, Any]:
    """Train from a checkpoint of the run folder (None: the untouched student) into a new one."""
    spec, seed = folder.recipe.student, folder.recipe.seed
    place = locate(spec.model, folder.base) if start is None else locate(start, folder.path)
    device = _device(spec.device)
    tokenizer = load_tokenizer(place)
    known = len(tokenizer)

    def load(dtype: torch.dtype, on: torch.device) -> Any:
        model = load_model(place, dtype, on)
        prepare(model, tokenizer)
        return model

    if settings.method == "qlora":
        model = adapters.load_quantised(place, device)
        prepare(model, tokenizer)
    else:
        # a frozen base is only ever read, so it is kept in the type it is computed in
        model = load(torch.float32 if settings.method == "full" else compute_type(settings, device), device)
    new = range(known, len(tokenizer))
    adapted = None if settings.method == "full" else adapters.attach(model, settings, seed, new)
    training = train(model, tokenizer, lessons, settings, seed, f"{stage}: training", folder.checkpoints(stage))
    if adapted is not None:
        whole = settings.method == "lora"
        model = adapters.merged(adapted, None if whole else lambda: load(torch.float32, torch.device("cpu")))
    made_from = {
        "student": spec.model,
        "started_from": start or spec.model,
        "teacher": folder.recipe.teacher.model,
        "lessons": len(lessons),
        "recipe": folder.recipe.name,
        "seed": seed,
    }
    with folder.new_folder(made) as path:
        save(model, tokenizer, spec.system, path, made_from)
    return training


def losses(training: dict[str, Any]) -> str:
    """Mean loss over the first and over the last tenth of the steps, as in `2.31 -> 0.42`."""
    curve = [point["loss"] for point in training["loss"]]
    tenth = max(1, len(curve) // 10)
    return f"{sum(curve[:tenth]) / tenth:.2f} -> {sum(curve[-tenth:]) / tenth:.2f}"


def _device(name: str) -> torch.device:
    """The recipe's device; of several GPUs the one that `torchrun` gives this process."""
    device = pick_device(name)
    if device.type == "cuda" and device.index is None and "LOCAL_RANK" in os.environ:
        return torch.device("cuda", int(os.environ["LOCAL_RANK"]))
    return device
