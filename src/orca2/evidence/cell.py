"""One cell of an ablation: a student learns its arm's lessons, is asked the test tasks, and goes."""

import gc
import shutil
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

from orca2.core.keys import lasting
from orca2.core.types import Lesson, Task
from orca2.core.wording import instructed_system
from orca2.evidence.folders import Ablation, Cell
from orca2.evidence.shared import chosen
from orca2.evidence.types import CellRecord, CellSeconds, CellTraining
from orca2.files import as_noun, hash_json, locked, read_noun
from orca2.run.folder import RunFolder, read_record
from orca2.run.models import load_student
from orca2.run.tasks import read_tasks, strategies_of, student_system
from orca2.stages import evaluate

ANSWERS, RECORD = "answers.jsonl", "cell.json"
LOST = 120.0  # seconds that a lock may outlive a process on a node that was lost
MESSAGES = {"none": "no system message", "default": "the student's own", "hinted": "the chosen strategy's own"}
Asked = list[tuple[str, str, Task]]  # name of a system message, its text, and the task


def is_done(ablation: Ablation, cell: Cell) -> bool:
    """Whether its answers are there, made from what is there now."""
    return _is_made_with(ablation.folder(cell), _key(ablation, cell))


def work(ablation: Ablation, cell: Cell) -> None:
    """Train, ask and keep the answers; a training that was cut short goes on."""
    folder = ablation.folder(cell)
    with locked(folder.path, LOST):
        key = _key(ablation, cell)
        if _is_made_with(folder, key):
            return
        started = time.monotonic()
        planned = ablation.arm_plan(cell)
        training = None if planned is None else _train(ablation, cell, folder, planned.steps)
        trained = time.monotonic()
        _free()
        model = load_student(folder, None if planned is None else "student")
        model.keep = False  # nobody asks this student again
        answers, _ = evaluate.answers(folder, model, asked(ablation, cell.seed), f"{cell}: answering", str(cell))
        del model
        _free()
        folder.write_rows(ANSWERS, answers)
        seconds = CellSeconds(round(trained - started, 1), round(time.monotonic() - trained, 1))
        record = CellRecord(
            key=key, seed=cell.seed, matching=cell.matching, arm=cell.arm, training=training, seconds=seconds
        )
        folder.write_json(RECORD, record)
        tidy(ablation, cell)


def _free() -> None:
    """Give a GPU's memory back: what is decoded at once goes by what is free, and others work beside this process."""
    import torch

    gc.collect()  # accelerate and what it has prepared hold each other
    torch.cuda.empty_cache()


def tidy(ablation: Ablation, cell: Cell) -> None:
    """Leave of a cell that is done what is read again, which a kill may have come before."""
    folder = ablation.folder(cell)
    shutil.rmtree(folder.checkpoints("train").parent, ignore_errors=True)
    if not ablation.recipe.ablate.keep:
        shutil.rmtree(folder.path / "student", ignore_errors=True)


def asked(ablation: Ablation, seed: int) -> Asked:
    """Every test task under every message. There is no hint for a family that was held out: nothing was chosen."""
    shared = ablation.shared(seed)
    picked, by_name = chosen(shared), {strategy.name: strategy for strategy in strategies_of(shared)}
    test = read_tasks(shared, "test")
    found: Asked = [("none", student_system(shared, task, ""), task) for task in test]
    found += [("default", student_system(shared, task), task) for task in test]
    for task in test:
        if task.family in picked:
            hint = instructed_system(by_name[picked[task.family]], task, shared.recipe.drawn_with)
            found.append(("hinted", hint, task))
    return found


def _train(ablation: Ablation, cell: Cell, folder: RunFolder, steps: int) -> CellTraining:
    from orca2.run import tuning  # torch, only when there is something to train

    shared = ablation.shared(cell.seed)
    families = {task.id: task.family for task in read_tasks(shared, "train")}
    lessons = folder.read_rows("lessons.jsonl", f"ablate RECIPE --run {ablation.path} --redo; not: orca2", Lesson)
    gathered = [(lesson, families[lesson.task]) for lesson in lessons]
    settings = folder.recipe.train.plan("cautious")[0][1].model_copy(update={"steps": steps})
    training = tuning.tune(
        folder, _start(ablation), "student", gathered, settings, str(cell), folder.checkpoints("train")
    )
    learned, losses = Counter(family for _, family in gathered), tuning.losses(training)
    known = asdict(training) | {"loss": losses, "families": dict(learned)}
    return as_noun(known, CellTraining, str(cell), "ablate again")


def _start(ablation: Ablation) -> str | None:
    """The student that every arm starts from, as seen from a cell's folder."""
    return "../../shared/explained" if ablation.recipe.ablate.start == "explained" else None


def _is_made_with(folder: RunFolder, key: str) -> bool:
    file = folder.path / RECORD
    answered = file.exists() and (folder.path / ANSWERS).exists()
    return answered and read_noun(file, CellRecord, f"remove {file}, and ablate again").key == key


def _key(ablation: Ablation, cell: Cell) -> str:
    """One hash over all that the answers of a cell depend on."""
    recipe = ablation.recipe
    record = read_record(ablation.path / f"seed-{cell.seed}" / "shared") or {}
    stages = record["stages"]
    student, training = (lasting(getattr(recipe, name).model_dump(), f"{name}.") for name in ("student", "train"))
    what: list[Any] = [recipe.evaluate.model_dump(), student, stages["tasks"]["outputs"]]
    what.append(stages["profile"]["outputs"])
    if (planned := ablation.arm_plan(cell)) is not None:
        lessons = ablation.folder(cell).digest(["lessons.jsonl"])
        start = stages["explain"]["outputs"] if recipe.ablate.start == "explained" else ""
        what += [training, recipe.ablate.start, start, lessons, planned.steps, cell.seed]
    return hash_json(what)
