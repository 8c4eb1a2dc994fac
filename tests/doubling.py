"""Tasks that ask for the double of a number, and a recipe in which an endpoint teaches them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RECIPE: Mapping[str, Any] = {
    "name": "doubles",
    "strategies": ["direct", "step_by_step"],
    "tasks": {
        "source": "jsonl",
        "options": {"path": "rows.jsonl", "fields": {"prompt": "q", "target": "a", "family": "f"}},
        "splits": {"profile": [0.0, 0.3], "train": [0.3, 0.9], "test": [0.9, 1.0]},
        "limits": {"profile": 8, "train": 12, "test": 6},
    },
    "teacher": {"model": "openai", "temperature": 0.7},
    "explain": {"tasks": 0},
    "profile": {"subject": "teacher"},
    "teach": {"tasks_per_family": 12, "samples": 3},
}


def write_rows(folder: Path, families: Sequence[str] = ("doubles",), until: int = 63) -> None:
    """`rows.jsonl`, with the numbers from 3 on, dealt out to the families."""
    rows = [{"q": f"Double {n} please.", "a": str(2 * n), "f": families[n % len(families)]} for n in range(3, until)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_recipe(folder: Path, student: Path, url: str, model: str = "m", **more: Any) -> Path:
    """`recipe.toml` for these rows; `more` are further keys, of a section those that it has besides or otherwise."""
    sections = {**RECIPE, "student": {"model": str(student)}}
    sections["teacher"] = {**RECIPE["teacher"], "options": {"model": model, "base_url": url}}
    for name, value in more.items():
        sections[name] = {**sections.get(name, {}), **value} if isinstance(value, dict) else value
    tables = {name: value for name, value in sections.items() if isinstance(value, dict)}
    text = _lines({name: value for name, value in sections.items() if name not in tables})
    text += "".join(f"[{name}]\n{_lines(table)}" for name, table in tables.items())
    (folder / "recipe.toml").write_text(text)
    return folder / "recipe.toml"


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    return json.dumps(value)
