"""Training from one checkpoint of the run folder into the next, for explain and train alike."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from orca2 import processes
from orca2.checkpoints.loading import load_model, load_tokenizer, locate, pick_device
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.checkpoints.saving import save
from orca2.core.keys import FREE_IN_TRAINING
from orca2.core.records import TrainingRecord
from orca2.core.types import Lesson, TaskSystem
from orca2.files import as_noun, hash_json, read_json
from orca2.progress import console, doing
from orca2.run.folder import RunFolder
from orca2.run.lessons import gather_lessons, think_tokens
from orca2.run.preview import preview
from orca2.sections import Training, Tuning
from orca2.training import adapters
from orca2.training.mid_training_eval import EvalPoints
from orca2.training.training import compute_type, train
from orca2.training.validation import hold_back


def progress(
    folder: RunFolder,
    start: str | None,
    made: str,
    own: str,
    tuning: Tuning,
    tasks: int,
    stage: str,
    again: bool,
    eval_points: EvalPoints | None = None,
    measured: str = "",
) -> dict[str, Any]:
    """Train the stages of a section in order, each from the last, into the checkpoint `made`.

    `eval_points` go with the last, and `measured` tells what they try from what they would have tried before. One that
    is there from the same lessons, settings and start is not trained again; the last only if not `again`.
    Returns what the stage of the run records: `lessons` and `training` of the last, and all of them as `stages`.
    """
    plan = tuning.plan(own)
    records: list[dict[str, Any]] = []
    for index, (step, settings) in enumerate(plan):
        gathered = gather_lessons(folder, step.lessons, tasks, _kept_system(folder, own))
        last = index == len(plan) - 1
        name = made if last else f"{made}-{step.name}"
        label = stage if len(plan) == 1 else f"{stage}: {step.name}"
        training = tune(
            folder, start, name, gathered, settings, label, folder.checkpoints(stage) / step.name,
            eval_points if last else None, again=last and again, measured=measured if last else "",
        )  # fmt: skip
        records.append({"name": step.name, "checkpoint": name, "lessons": len(gathered), "training": training})
        start = name
    made_last = {key: records[-1][key] for key in ("lessons", "training")}
    return {**made_last, "stages": records} if len(plan) > 1 else made_last


def dry_run(folder: RunFolder, own: str, tuning: Tuning, tasks: int, show: int) -> None:
    """Say what `progress` would train, stage by stage."""
    for step, settings in tuning.plan(own):
        gathered = gather_lessons(folder, step.lessons, tasks, _kept_system(folder, own))
        lessons, held = [lesson for lesson, _ in gathered], 0
        if settings.evaluations:
            lessons, back = hold_back(lessons, [family for _, family in gathered])
            held = sum(map(len, back.values()))
        preview(folder, step.name, lessons, held, settings, show)


def _kept_system(folder: RunFolder, own: str) -> TaskSystem:
    """What lessons from gold answers keep of a task's own system message: in explanation tuning all of it, as the
    teacher has it."""
    return "both" if own == "explain" else folder.recipe.erase.system


def _key(
    folder: RunFolder, start: str | None, gathered: Sequence[tuple[Lesson, str]], settings: Training, measured: str
) -> str:
    """One hash over all that a checkpoint depends on, what it says of itself among it."""
    given = ((key, value) for key, value in settings.model_dump().items() if value is not None)
    kept = {key: value for key, value in given if key not in FREE_IN_TRAINING}
    begun_from = folder.digest([start]) if start else folder.recipe.student.model
    learned = [hash_json([family, lesson]) for lesson, family in gathered]
    said = [folder.recipe.student.system, folder.recipe.teacher.model, measured]
    return hash_json([begun_from, folder.recipe.seed, kept, learned, said])


def _finished(folder: RunFolder, name: str, key: str) -> TrainingRecord | None:
    """The record of a training if its checkpoint is there and was made from the same."""
    file = folder.place(name) / "orca2.json"
    again = f"remove {file.parent}"
    made: dict[str, Any] = read_json(file, again) if file.is_file() else {}
    if made.get("key") != key:
        return None
    console.print(f"  {name} is there, from the same lessons and settings: it is not trained again")
    return as_noun(made["training"], TrainingRecord, file, again)


def tune(
    folder: RunFolder,
    start: str | None,
    made: str,
    gathered: Sequence[tuple[Lesson, str]],
    settings: Training,
    label: str,
    checkpoints: Path,
    eval_points: EvalPoints | None = None,
    again: bool = False,
    measured: str = "",
) -> TrainingRecord:
    """Train from a checkpoint of the run folder (None: the untouched student) into a new one.

    Unless `again`, one that is there from the same lessons, settings and start stays.
    """
    processes.check()
    key = _key(folder, start, gathered, settings, measured)
    if not again and (before := _finished(folder, made, key)) is not None:
        return before
    lessons, families = [lesson for lesson, _ in gathered], [family for _, family in gathered]
    spec, seed = folder.recipe.student, folder.recipe.seed
    place = locate(spec.model, folder.base) if start is None else locate(str(folder.place(start).resolve()), Path())
    device = _device(spec.device)
    tokenizer = load_tokenizer(place)
    with doing(f"loading {start or spec.model}"):
        if settings.method == "qlora":
            model = adapters.load_quantised(place, device)
        else:
            # a frozen base is only ever read, so it is kept in the type it is computed in
            kind = torch.float32 if settings.method == "full" else compute_type(settings, device)
            model = load_model(place, kind, device)
    new = ensure_chat_template(model, tokenizer, think_tokens(lessons, settings))
    adapted = None if settings.method == "full" else adapters.attach(model, settings, seed, new)
    training = train(
        model, tokenizer, lessons, settings, seed, f"{label}: training", checkpoints, families, eval_points,
        folder.redo, folder.path / "trackers" / made,
    )  # fmt: skip
    if adapted is not None:
        model = adapters.merged(adapted, None if settings.method == "lora" else lambda: _base(place, tokenizer))
    made_from = {
        "student": spec.model,
        "started_from": start or spec.model,
        "teacher": folder.recipe.teacher.model,
        "lessons": len(lessons),
        "recipe": folder.recipe.name,
        "seed": seed,
        "key": key,
        "training": asdict(training),
    }
    with doing(f"writing {made}"), folder.new_folder(made) as path:
        save(model, tokenizer, spec.system, path, made_from)
    return training


def _base(place: str, tokenizer: Any) -> Any:
    """The untouched base of a training in 4 bits, for as many tokens."""
    model = load_model(place, torch.float32, torch.device("cpu"))
    ensure_chat_template(model, tokenizer)
    return model


def losses(training: TrainingRecord) -> str:
    """Mean loss over the first and over the last tenth of the steps, as in `2.31 -> 0.42`."""
    curve = [point.loss for point in training.loss]
    tenth = max(1, len(curve) // 10)
    return f"{sum(curve[:tenth]) / tenth:.2f} -> {sum(curve[-tenth:]) / tenth:.2f}"


def _device(name: str) -> torch.device:
    """The recipe's device; of several GPUs the one that `torchrun` gives this process."""
    device = pick_device(name)
    if device.type == "cuda" and device.index is None and processes.started():
        return torch.device("cuda", processes.local_rank())
    return device
