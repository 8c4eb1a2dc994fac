"""report: the evidence on one page, as Markdown and as one self-contained HTML file."""

from typing import Any

from orca2.reporting import report
from orca2.run.folder import RunFolder

READS = ("name",)
FROM = ("tasks", "explain", "profile", "teach", "verify", "erase", "train", "evaluate")
MAKES = ("report.md", "report.html", "answers.html")


def run(folder: RunFolder) -> dict[str, Any]:
    _, page = report.write(folder.path)
    return {"said": str(page)}
