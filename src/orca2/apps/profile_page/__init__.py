"""The profile on one page: which strategy for which family, how sure that is, and the trials behind each figure."""

from pathlib import Path

from orca2.apps.profile_page._page import page
from orca2.apps.reading import read_json, read_rows
from orca2.apps.rendering import html
from orca2.files import write_text


def write(folder: Path) -> Path:
    """Write `profile.html` from tasks.jsonl, trials.jsonl and profile.json, and return its path.

    A record.json adds the names of run and student. RunError names an artifact that is missing or broken.
    """
    tasks = {task["id"]: task for task in read_rows(folder, "tasks.jsonl", "tasks")}
    trials = read_rows(folder, "trials.jsonl", "profile")
    profile = read_json(folder, "profile.json", "profile")
    record = read_json(folder, "record.json", "run") if (folder / "record.json").exists() else {}
    context = page(record.get("name") or folder.resolve().name, record.get("recipe") or {}, profile, trials, tasks)
    path = folder / "profile.html"
    write_text(path, html("profile.html.jinja", context))
    return path
