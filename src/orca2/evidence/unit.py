"""One unit of an ablation: a student learns its arm's lessons, is asked the test tasks, and goes."""

import gc
import hashlib
import json
import shutil
import time
from collections import Counter
from typing import Any

from orca2.core.arms import BASE
from orca2.core.keys import lasting
from orca2.core.types import Lesson, Task
from orca2.core.wording import wording
from orca2.evidence.folders import Ablation, Unit
from orca2.evidence.shared import chosen
from orca2.files import locked, read_json, write_text
from orca2.run.folder import RunFolder, read_record
from orca2.run.models import load_student
from orca2.run.tasks import read_tasks, strategies_of
from orca2.stages import evaluate

ANSWERS, RECORD = "answers.jsonl", "unit.json"
LOST = 120.0  # seconds that a lock may outlive a process on a node that was lost
MESSAGES = {"none": "no system message", "default": "the student's own", "hinted": "the chosen strategy's own"}
Asked = list[tuple[str, str, Task]]  # name of a system message, its text, and the task


def done(ablation: Ablation, unit: Unit) -> bool:
    """Whether its answers are there, made from what is there now."""
    return _is_done(ablation.folder(unit), _key(ablation, unit))


def work(ablation: Ablation, unit: Unit) -> None:
    """Train, ask and keep the answers; a training that was cut short goes on."""
    folder = ablation.folder(unit)
    with locked(folder.path, LOST):
        key = _key(ablation, unit)
        if _is_done(folder, key):
            return
        started = time.monotonic()
        training = None if unit.arm == BASE else _train(ablation, unit, folder)
        trained = time.monotonic()
        _free()
        model = load_student(folder, None if unit.arm == BASE else "student")
        model.keep = False  # nobody asks this student again
        answers, _ = evaluate.answers(folder, model, asked(ablation, unit.seed), f"{unit}: answering", str(unit))
        del model
        _free()
        folder.write_rows(ANSWERS, answers)
        record = {
            "key": key, "seed": unit.seed, "view": unit.view, "arm": unit.arm, "training": training,
            "seconds": {"training": round(trained - started, 1), "answering": round(time.monotonic() - trained, 1)},
        }  # fmt: skip
        write_text(folder.path / RECORD, json.dumps(record, indent=1) + "\n")
        tidy(ablation, unit)


def _free() -> None:
    """Give a GPU's memory back: what is decoded at once goes by what is free, and others work beside this process."""
    import torch

    gc.collect()  # a trainer and its model hold each other
    torch.cuda.empty_cache()


def tidy(ablation: Ablation, unit: Unit) -> None:
    """Leave of a unit that is done what is read again, which a kill may have come before."""
    folder = ablation.folder(unit)
    shutil.rmtree(folder.checkpoints("train").parent, ignore_errors=True)
    if not ablation.recipe.ablate.keep:
        shutil.rmtree(folder.path / "student", ignore_errors=True)


def asked(ablation: Ablation, seed: int) -> Asked:
    """Every test task under every message. There is no hint for a family that was held out: nothing was chosen."""
    shared = ablation.shared(seed)
    picked, by_name = chosen(shared), {strategy.name: strategy for strategy in strategies_of(shared)}
    test = read_tasks(shared, "test")
    found: Asked = [("none", "", task) for task in test]
    found += [("default", shared.recipe.student.system, task) for task in test]
    for task in test:
        if task.family in picked:
            hint = wording(by_name[picked[task.family]], task.id, shared.recipe.drawn_with)
            found.append(("hinted", hint, task))
    return found


def _train(ablation: Ablation, unit: Unit, folder: RunFolder) -> dict[str, Any]:
    from orca2.run import tuning  # torch, only when there is something to train

    shared = ablation.shared(unit.seed)
    families = {task.id: task.family for task in read_tasks(shared, "train")}
    lessons = folder.read_rows("lessons.jsonl", f"ablate RECIPE --run {ablation.path} --redo; not: orca2", Lesson)
    gathered = [(lesson, families[lesson.task]) for lesson in lessons]
    steps = ablation.plan(unit.seed)["views"][unit.view][unit.arm]["steps"]
    settings = folder.recipe.train.plan("cautious")[0][1].model_copy(update={"steps": steps})
    training = tuning.tune(
        folder, _start(ablation), "student", gathered, settings, str(unit), folder.checkpoints("train")
    )
    learned = Counter(family for _, family in gathered)
    kept = ("rows", "documents", "dropped", "tokens", "supervised_tokens", "epochs", "steps", "seconds", "packing")
    losses = tuning.losses(training)
    return {name: training[name] for name in kept} | {"loss": losses, "families": learned}


def _start(ablation: Ablation) -> str | None:
    """The student that every arm starts from, as seen from a unit's folder."""
    return "../../shared/explained" if ablation.recipe.ablate.start == "explained" else None


def _is_done(folder: RunFolder, key: str) -> bool:
    file = folder.path / RECORD
    known = file.exists() and (folder.path / ANSWERS).exists()
    return known and read_json(file, f"remove {file}, and ablate again")["key"] == key


def _key(ablation: Ablation, unit: Unit) -> str:
    """One hash over all that the answers of a unit depend on."""
    recipe = ablation.recipe
    record = read_record(ablation.path / f"seed-{unit.seed}" / "shared") or {}
    stages = record["stages"]
    student, training = (lasting(getattr(recipe, name).model_dump(), f"{name}.") for name in ("student", "train"))
    what: list[Any] = [recipe.evaluate.model_dump(), student, stages["tasks"]["outputs"]]
    what.append(stages["profile"]["outputs"])
    if unit.arm != BASE:
        lessons = ablation.folder(unit).digest(["lessons.jsonl"])
        steps = ablation.plan(unit.seed)["views"][unit.view][unit.arm]["steps"]
        start = stages["explain"]["outputs"] if recipe.ablate.start == "explained" else ""
        what += [training, recipe.ablate.start, start, lessons, steps, unit.seed]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()
