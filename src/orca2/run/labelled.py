"""Labelled rows, on which golds that no row gives are measured: a share of the given ones, or a file of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from orca2.core.auditing import LabelledTask
from orca2.core.types import Gold, Task
from orca2.data.files import raw_rows
from orca2.data.row import Row
from orca2.data.shapes import shaped
from orca2.errors import DataError
from orca2.files import located
from orca2.graders import options_for, rejected_gold
from orca2.run.folder import RunFolder
from orca2.tasks_section import Labels

FILE = "labelled.jsonl"
RIGHT = {"true": True, "1": True, "yes": True, "right": True, "correct": True, "good": True}
WRONG = {"false": False, "0": False, "no": False, "wrong": False, "incorrect": False, "bad": False}
JUDGED = ("response", "right")  # the columns of an answer that somebody has judged


def labelled(folder: RunFolder, tasks: Sequence[Task]) -> list[LabelledTask]:
    """The labelled rows of a recipe, once for each kind of gold that tasks of their family have; DataError where there
    is none, or one cannot be used."""
    spec = folder.recipe.tasks
    samples: dict[str, dict[Gold, Task]] = {}
    for task in tasks:
        samples.setdefault(task.family, {}).setdefault(task.gold, task)
    if not spec.audit or all(set(ways) == {"given"} for ways in samples.values()):
        return []
    if spec.labels is not None:
        found = list(_of_file(folder, spec.labels, samples))
    else:
        assert isinstance(spec.audit, float)
        found = [
            LabelledTask(task=_without(task, way), label=task)
            for task in tasks if task.gold == "given" and int(task.id[8:], 16) / 2**32 < spec.audit
            for gold, way in samples[task.family].items() if gold != "given"
        ]  # fmt: skip
    if not found:
        raise DataError(
            f"tasks.audit = {spec.audit!r}: no labelled row of a family with golds to measure; raise the share, name a"
            " file of labelled rows, or leave the key out"
        )
    return found


def read(folder: RunFolder) -> list[LabelledTask]:
    """The labelled rows that the stage tasks has kept; none where the recipe has none."""
    there = folder.recipe.tasks.audit and folder.place(FILE).exists()
    return folder.read_rows(FILE, "tasks", LabelledTask) if there else []


def _without(task: Task, way: Task) -> Task:
    """A labelled task as it would be without its label, read as another one of the same kind is."""
    return replace(task, target="", gold=way.gold, grader=way.grader, grader_options=way.grader_options)


def _of_file(folder: RunFolder, labels: Labels, samples: dict[str, dict[Gold, Task]]) -> Iterator[LabelledTask]:
    path = located(labels.path, folder.base)
    if not path.is_file():
        raise DataError(f"tasks.audit: {path} does not exist; give a file of labelled rows, or a share such as 0.1")
    raws = ((f"{path}:{number}", raw) for number, raw in raw_rows(path))
    open_families = [family for family, ways in samples.items() if set(ways) != {"given"}]
    for row in shaped(raws, labels.fields, path.name.split(".")[0], without_target=True):
        family = row.family if row.family in samples else open_families[0] if len(open_families) == 1 else ""
        if not family:
            raise DataError(
                f"{row.where}: tasks.audit: no tasks of family {row.family!r}; families here: {', '.join(samples)}"
            )
        for gold, way in samples[family].items():
            if gold != "given":
                yield _labelled(folder, row, way, samples[family].get("given"))


def _labelled(folder: RunFolder, row: Row, way: Task, given: Task | None) -> LabelledTask:
    asked = {"id": row.task_id, "prompt": row.prompt, "system": row.system, "history": row.history}
    task = replace(way, target="", fields=row.fields, **asked)  # type: ignore[arg-type]
    if set(JUDGED) <= set(row.fields):
        word = row.fields["right"].strip().lower()
        if word not in RIGHT and word not in WRONG:
            said = row.fields["right"]
            raise DataError(f"{row.where}: tasks.audit: right is {said[:40]!r}; write true or false")
        return LabelledTask(task=task, response=row.fields["response"], right=word in RIGHT)
    if not row.target:
        raise DataError(f"{row.where}: tasks.audit: neither a target nor response and right; label the row")
    grader, options = (given.grader, given.grader_options) if given else (way.grader, way.grader_options)
    if not given and way.gold != "agreed":
        name, named = folder.recipe.tasks.grader_of(way.family)
        grader, options = name, options_for(name, named, [], folder.base)
    label = replace(task, target=row.target, gold="given", grader=grader, grader_options=options)
    if (why := rejected_gold(label)) is not None:
        raise DataError(f"{row.where}: tasks.audit: target rejected by its own grader {grader!r} ({why}); correct it")
    return LabelledTask(task=task, label=label)
