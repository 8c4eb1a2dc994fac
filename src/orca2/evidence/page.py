"""The page of an ablation: results.json, and the same for a reader as ablation.md and ablation.html."""

import json
from pathlib import Path

from orca2.evidence.folders import Ablation
from orca2.evidence.results import results
from orca2.evidence.views import page
from orca2.files import write_text
from orca2.reporting.rendering import html, markdown


def write(ablation: Ablation) -> Path:
    """Write the three files from what the units have answered, and return the path of the page."""
    found = results(ablation)
    write_text(ablation.path / "results.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    context = page(found)
    write_text(ablation.path / "ablation.md", markdown("ablation.md.jinja", context))
    path = ablation.path / "ablation.html"
    write_text(path, html("ablation.html.jinja", context))
    return path
