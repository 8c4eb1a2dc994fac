"""Where what is published comes from: base, teacher and tasks of a run with their licences; no path of this machine."""

import json
from pathlib import Path
from typing import Any

UNKNOWN = "not known; look it up before you publish"
TEACHERS = {
    "solver": "none needed: a program wrote the demonstrations",
    "scripted": "none needed: a fake model for tests",
    "recorded": "that of the recorded answers, which is not known here; look it up before you publish",
}


def provenance(record: dict[str, Any]) -> dict[str, Any]:
    """What the record of a run says of where its lessons and students come from: seed, tasks with their `options`,
    teacher, `teacher_licence` and the version of orca2."""
    recipe = record["recipe"]
    teacher, tasks = recipe["teacher"], recipe.get("tasks", {})
    asked = teacher.get("options", {}).get("model")
    return {
        "seed": record["seed"],
        "tasks": tasks.get("source", "unknown"),
        "options": ", ".join(f"{key} {_named(value)}" for key, value in tasks.get("options", {}).items()),
        "teacher": f"{shown(str(asked))} ({teacher['model']})" if asked else teacher["model"],
        "teacher_licence": _teacher_licence(teacher, asked, Path(record.get("base", "."))),
        "orca2": record.get("orca2", "unknown"),
    }


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
