"""A run's lessons as a file, or a data set of the hub, that other trainers read, with a data card."""

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from markupsafe import Markup

from orca2.apps import hub
from orca2.apps.lessons._forms import FORMS
from orca2.apps.provenance import provenance
from orca2.core.counts import Verification
from orca2.core.types import Lesson
from orca2.errors import DataError
from orca2.files import write_text
from orca2.progress import console
from orca2.reporting import rendering
from orca2.run.folder import RunFolder
from orca2.run.tasks import read_tasks

HUB = "hub:"
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def write(folder: RunFolder, to: str, form: str) -> None:
    """Write the erased lessons of a run to the file `to`, with a card beside it, or to "hub:OWNER/NAME"."""
    rows, counts = _rows(folder, form), _counts(folder)
    if not to.startswith(HUB):
        path, card = Path(to), Path(to).with_suffix(".md")
        if path.suffix != ".jsonl" or path.is_dir() or not path.parent.is_dir():
            raise DataError(
                f"--to {to}: give a file such as lessons.jsonl in a folder that is there, or hub:OWNER/NAME"
            )
        write_text(path, rows)
        write_text(card, _card(folder, path.name, path.stem, form, counts))
        console.print(f"{counts['lessons']:,} lessons written to {path}, what they are to {card}", soft_wrap=True)
        return
    repository = to.removeprefix(HUB)
    hub.check_token(f"--to {HUB}")
    made = Path(mkdtemp(prefix="orca2-lessons-"))  # stays where the hub refuses, which says so
    data = made / "data" / "train.jsonl"
    data.parent.mkdir()
    write_text(data, rows)
    write_text(made / "README.md", _card(folder, "data/train.jsonl", repository, form, counts))
    where = hub.upload(made, repository, f"--to {HUB}", "dataset")
    shutil.rmtree(made)
    console.print(f"{counts['lessons']:,} lessons uploaded: {where}", soft_wrap=True)


def _rows(folder: RunFolder, form: str) -> str:
    families = {task.id: task.family for task in read_tasks(folder, "train")}
    rows = [
        {**FORMS[form](lesson), "task": lesson.task, "family": families.get(lesson.task, ""), "gold": lesson.gold}
        for lesson in _lessons(folder)
    ]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _lessons(folder: RunFolder) -> Sequence[Lesson]:
    return folder.read_rows("lessons.jsonl", "erase", Lesson)


def _counts(folder: RunFolder) -> dict[str, Any]:
    """How many lessons there are, by family and by what decided that they are right; how many think, and how many
    demonstrations were verified."""
    lessons, families = _lessons(folder), {task.id: task.family for task in read_tasks(folder, "train")}
    verified = folder.read_noun("verify.json", "verify", Verification)
    return {
        "lessons": len(lessons),
        "families": sorted(Counter(families.get(lesson.task, "") for lesson in lessons).items()),
        "golds": sorted(Counter(lesson.gold for lesson in lessons).items()),
        "thinking": sum(bool(lesson.messages[-1].reasoning) for lesson in lessons),
        "asked": verified.asked,
        "accepted": verified.accepted,
        "rejected": sorted(verified.rejected.items()),
    }


def _card(folder: RunFolder, file: str, name: str, form: str, counts: dict[str, Any]) -> str:
    size = next((label for most, label in SIZES if counts["lessons"] < most), "n>1M")
    front = {
        "license": "unknown", "tags": ["orca2"], "task_categories": ["text-generation"], "size_categories": [size],
        "configs": [{"config_name": "default", "data_files": [{"split": "train", "path": file}]}],
    }  # fmt: skip
    return rendering.markdown(
        "lessons.md.jinja",
        {
            "front": Markup("\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())),
            "name": name, "form": form, "run": provenance(folder.record), "counts": counts,
            "system": folder.recipe.student.system,
        },
    )  # fmt: skip
