"""report: the evidence on one page, as Markdown and as one self-contained HTML file."""

from typing import Any

from orca2.apps import profile_page, report
from orca2.runfolder import RunFolder

READS = ("name",)
MAKES = ("profile.html", "report.md", "report.html")


def run(folder: RunFolder) -> dict[str, Any]:
    profile_page.write(folder.path)
    _, page = report.write(folder.path)
    return {"said": str(page)}
