"""From the columns of a row to family, prompt and target: the field map of a recipe."""

import string
from collections.abc import Mapping
from typing import Any

from orca2.errors import DataError, RecipeError
from orca2.plugins import suggest
from orca2.sources._protocol import Row

ROLES = ("prompt", "target", "family", "split")


def check_fields(fields: Mapping[str, str]) -> None:
    for role in fields:
        if role not in ROLES:
            raise RecipeError(
                f"tasks.options.fields: unknown {role!r}{suggest(role, list(ROLES))}; valid: {', '.join(ROLES)}"
            )


def to_row(raw: Mapping[str, Any], fields: Mapping[str, str], where: str, family: str) -> Row:
    """Map one raw row. A map's value is a column name or a template ("{question}\\n{choices}")."""
    columns = {str(key): _text(value) for key, value in raw.items() if value is not None}

    def value(role: str) -> str | None:
        spec = fields.get(role, role)
        if "{" not in spec:
            if role in fields and spec not in raw and role in ("prompt", "target", "family"):
                raise DataError(f"{where}: no column {spec!r} for {role}; columns here: {', '.join(raw) or 'none'}")
            return columns.get(spec)
        return fill(spec, columns, where)

    prompt, target = value("prompt"), value("target")
    for role, text in (("prompt", prompt), ("target", target)):
        if text is None or not text.strip():
            raise DataError(f"{where}: no {role} in column {fields.get(role, role)!r}; fix the row or the field map")
    assert prompt is not None and target is not None
    return Row(where, value("family") or family, prompt.strip(), target.strip(), value("split"), columns)


def fill(template: str, columns: Mapping[str, str], where: str) -> str:
    """Fill "{column}" places; DataError names a column that the row lacks."""
    for _, name, _, _ in string.Formatter().parse(template):
        if name is not None and name not in columns:
            raise DataError(f"{where}: no column {name!r} for {template!r}; columns here: {', '.join(columns)}")
    return template.format_map(columns)


def _text(value: Any) -> str:
    return "\n".join(str(part) for part in value) if isinstance(value, list) else str(value)
