"""The model card: what a model is and where it comes from, from the record of its run; no path of this machine."""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from orca2.errors import RunError
from orca2.reporting import rendering
from orca2.reporting.report import facts

UNKNOWN = "not known; look it up before you publish"
TEACHERS = {
    "solver": "none needed: a program wrote the demonstrations",
    "scripted": "none needed: a fake model for tests",
    "recorded": "that of the recorded answers, which is not known here; look it up before you publish",
}


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


def licence(spec: str, base: Path) -> str | None:
    """What a model says of its own licence: a GGUF file in its header, a folder or a hub's repository in its card."""
    from huggingface_hub import HfApi, ModelCard, try_to_load_from_cache

    from orca2.checkpoints.loading import file

    try:
        path = file(spec, base)
        if path.suffix == ".gguf":
            from gguf import GGUFReader

            field = GGUFReader(path).fields.get("general.license")
            return str(field.contents()) if field else None
        card = str(path / "README.md") if path.is_dir() else try_to_load_from_cache(spec, "README.md")
        if isinstance(card, str):
            found = ModelCard.load(card).data.get("license")
        else:
            data = HfApi().model_info(spec, timeout=10).card_data  # one attempt: a download makes six, in half a minute
            found = data and data.get("license")
        return str(found) if found else None
    except Exception:  # no card, no hub within reach, and what its HTTP client says of that
        return None


def shown(model: str) -> str:
    """A model's name without the folders of this machine."""
    return model if model.startswith("package:") or not _is_path(model) else Path(model).name


def _is_path(model: str) -> bool:
    return model.startswith((".", "/", "~")) or model.count("/") > 1 or Path(model).exists()


def _run(source: Source) -> dict[str, Any] | None:
    """What the report knows of a run; without an evaluation, what its record says."""
    record = source.record
    if record is None or source.run is None:
        return None
    recipe = record["recipe"]
    teacher = recipe["teacher"]
    asked = teacher.get("options", {}).get("model")
    tasks = recipe.get("tasks", {})
    made: dict[str, Any] = {
        "seed": record["seed"],
        "tasks": tasks.get("source", "unknown"),
        "options": ", ".join(f"{key} {_named(value)}" for key, value in tasks.get("options", {}).items()),
        "teacher": f"{shown(str(asked))} ({teacher['model']})" if asked else teacher["model"],
        "teacher_licence": _teacher_licence(teacher, asked, Path(record.get("base", "."))),
        "orca2": record.get("orca2", "unknown"),
        "report": None,
    }
    with contextlib.suppress(RunError):  # it was not evaluated
        made["report"] = facts(source.run, record["name"])
    return made


def _teacher_licence(teacher: dict[str, Any], asked: str | None, base: Path) -> str:
    kind = teacher["model"]
    if kind in TEACHERS:
        return TEACHERS[kind]
    if kind == "transformers" and asked:
        return licence(asked, base) or UNKNOWN
    return "the terms of whoever runs it decide whether its answers may train a model; look them up before you publish"


def _named(value: Any) -> str:
    """An option's value; of a path its last part."""
    if isinstance(value, str):
        return shown(value)
    return json.dumps([_named(one) for one in value] if isinstance(value, list) else value, ensure_ascii=False)
