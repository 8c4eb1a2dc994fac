"""The profile on one page: which strategy for which family, how sure that is, and the trials behind each figure."""

from pathlib import Path

from orca2.core.golds import AgreedGold, with_golds
from orca2.core.types import Profile, Task, Trial
from orca2.files import write_text
from orca2.recipe import Recipe
from orca2.reporting import trust
from orca2.reporting.artifacts import read_json, read_noun, read_nouns
from orca2.reporting.profile_page._page import page
from orca2.reporting.rendering import html


def write(folder: Path, made: Path | None = None, recipe: Recipe | None = None) -> Path:
    """Write `profile.html` from tasks.jsonl, trials.jsonl and profile.json, and return its path.

    `made` is where the last two lie and the page goes, if not the run folder. The recipe, else that of a record.json,
    adds the names of run and student. RunError names an artifact that is missing or broken.
    """
    made = made or folder
    rows = read_nouns(folder, "tasks.jsonl", "tasks", Task)
    if any(task.gold != "given" for task in rows):
        rows = with_golds(rows, read_nouns(folder, "golds.jsonl", "gold", AgreedGold))
    tasks = {task.id: task for task in rows}
    trials = read_nouns(made, "trials.jsonl", "profile", Trial)
    profile = read_noun(made, "profile.json", "profile", Profile)
    record = read_json(folder, "record.json", "run") if (folder / "record.json").exists() else {}
    known = recipe.model_dump() if recipe else record.get("recipe") or {}
    name = recipe.name if recipe else record.get("name") or folder.resolve().name
    measure = trust.measure({tasks[trial.task].gold for trial in trials if trial.task in tasks})
    context = {**page(name, known, profile, trials, tasks), "measure": measure}
    path = made / "profile.html"
    write_text(path, html("profile.html.jinja", context))
    return path
