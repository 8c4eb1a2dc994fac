"""report: the evidence on one page, as Markdown and as one self-contained HTML file."""

from orca2.reporting import report
from orca2.run.folder import RunFolder
from orca2.run.stage import StageResult


def run(folder: RunFolder) -> StageResult:
    _, page = report.write(folder.path)
    return StageResult(str(page))
