"""The report of a run: what its artifacts say, on one page that opens anywhere and asks no network."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from orca2.files import write_text
from orca2.reporting.rendering import html, markdown
from orca2.reporting.report._artifacts import read
from orca2.reporting.report._page import page
from orca2.reporting.report._unread import not_right


def write(folder: Path) -> tuple[Path, Path]:
    """Write `report.md` and `report.html` from a run folder's artifacts, and return their paths; `answers.html` too.

    RunError names the artifact that is missing or broken, and the verb that makes it.
    """
    found = read(folder)
    context = page(found)
    targets = folder / "report.md", folder / "report.html"
    texts = markdown("report.md.jinja", context), html("report.html.jinja", context)
    answers = html("answers.html.jinja", {"name": context["name"], "groups": not_right(found)})
    write_text(folder / "answers.html", answers)
    for path, text in zip(targets, texts, strict=True):
        write_text(path, text)
    return targets


def facts(folder: Path, name: str) -> dict[str, Any]:
    """What the report says, for a page of another kind; `name` stands for the folder."""
    return page(replace(read(folder), folder=Path(name)))
