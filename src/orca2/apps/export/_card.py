"""The model card: what a model is and where it comes from, from the record of its run; no path of this machine."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from orca2.apps.provenance import UNKNOWN, licence, provenance, shown
from orca2.errors import RunError
from orca2.reporting import rendering
from orca2.reporting.report import facts


@dataclass(frozen=True, slots=True)
class Source:
    """What is exported: the base that it comes from with its licence, and the run that made it, if one did."""

    base: str
    licence: str | None
    run: Path | None
    record: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Written:
    """What lies beside the card: a template with a default system message, a Modelfile; and what reading a GGUF file
    again showed."""

    system: bool
    modelfile: bool = False
    checked: tuple[str, ...] = ()


def source(model: str, spec: str, base: Path) -> Source:
    """`spec` and `base` are what `find` made of a model's name."""
    if spec != "student":
        return Source(shown(model), licence(spec, base), None, None)
    try:
        record = json.loads((base / "record.json").read_text("utf-8"))
    except (OSError, ValueError):  # a folder with a student and nothing else
        return Source(shown(model), None, base, None)
    student = record["recipe"]["student"]["model"]
    return Source(shown(student), licence(student, Path(record.get("base", "."))), base, record)


def card(source: Source, name: str, form: str, kind: str, written: Written, repository: str | None) -> str:
    """The text of README.md."""
    front: dict[str, Any] = {
        "license": source.licence or "unknown", "library_name": "gguf" if form == "gguf" else "transformers",
        "pipeline_tag": "text-generation", "tags": ["orca2"],
    }  # fmt: skip
    if source.base.count("/") == 1 and not source.base.startswith("package:"):
        front["base_model"] = source.base
    run = _run(source)
    return rendering.markdown(
        "card.md.jinja",
        {
            "front": Markup("\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())),
            "name": name, "source": source, "licence": source.licence or UNKNOWN, "form": form, "kind": kind,
            "place": repository or name, "file": f"{name}-{kind}.gguf", "written": written, "run": run,
        },
    )  # fmt: skip


def _run(source: Source) -> dict[str, Any] | None:
    """What the report knows of a run; without an evaluation, what its record says."""
    record = source.record
    if record is None or source.run is None:
        return None
    made = {**provenance(record), "report": None}
    with contextlib.suppress(RunError):  # it was not evaluated
        made["report"] = facts(source.run, record["name"])
    return made
