"""From the columns of a row to family, prompt and target: the field map of a recipe."""

import json
import string
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from orca2.data.messages import COLUMNS, are_messages, question, reply
from orca2.data.row import Row
from orca2.data.values import is_nested, plain, text
from orca2.errors import RecipeError, RowError
from orca2.plugins import suggest

ROLES = ("prompt", "target", "family", "split")


def check_fields(fields: Mapping[str, str]) -> None:
    """RecipeError for a role that there is not, and for a template that no row could fill."""
    if not isinstance(fields, Mapping):
        raise RecipeError(f'tasks.options.fields: {fields!r} is no table; write it as {{ prompt = "question" }}')
    for role, spec in fields.items():
        if role not in ROLES:
            raise RecipeError(
                f"tasks.options.fields: unknown {role!r}{suggest(role, list(ROLES))}; valid: {', '.join(ROLES)}"
            )
        check_template(spec, f"tasks.options.fields.{role}")


def check_options(fields: Mapping[str, str] | None = None, **options: Any) -> None:
    """The `check` of a source whose option `fields` maps its columns: RecipeError for a map that no row could fill."""
    check_fields(fields or {})


def check_template(spec: str, key: str) -> None:
    """RecipeError if the value of a key is neither a column nor a template of columns."""
    if not isinstance(spec, str):
        raise RecipeError(f"{key}: {spec!r} is no text; give a column or a template of columns")
    try:
        wrong = any(name == "" or form or turned for _, name, form, turned in string.Formatter().parse(spec))
    except ValueError as error:
        if "{" not in spec:
            return
        raise RecipeError(f"{key}: {spec!r} is no template ({error}); write each brace of the text twice") from None
    if wrong:
        raise RecipeError(f"{key}: {spec!r} is no template (in braces stands the name of a column and nothing else)")


def to_row(raw: Mapping[str, Any], fields: Mapping[str, str], where: str, family: str) -> Row:
    """Map one raw row; RowError if it cannot be.

    A map's value is a column, a path into one ("answers.text", "choices.0") or a template ("{question}\\n{choices}"). A
    row of messages gives the user's text as prompt and the last answer as target."""
    fields = _with_messages(raw, fields)
    texts = {role: _of_role(role, raw, fields, where) for role in ROLES}
    for role in ("prompt", "target"):
        if not texts[role].strip():
            said = f"{where}: no {role} in column {fields.get(role, role)!r}; fix the row or the field map"
            raise RowError(f"no {role}", said)
    columns = {name: text(value) for name, value in raw.items() if value is not None}
    prompt, target, named, split = texts.values()
    any_of = _is_list(raw, fields.get("target", "target"))
    return Row(where, named or family, prompt.strip(), target.strip(), split or None, columns, any_of)


def _is_list(raw: Mapping[str, Any], spec: str) -> bool:
    """Whether a column, or what a path leads to, is a list of texts and numbers."""
    value = None if "{" in spec else raw.get(spec, None) if "." not in spec else reach(raw, spec, "")
    return isinstance(value, list) and not is_nested(value) and len(value) > 1


def fill(spec: str, columns: Mapping[str, Any], where: str) -> str:
    """The text of a column, or of a template with "{column}" places; RowError names what the row lacks."""
    pieces = string.Formatter().parse(spec) if "{" in spec else [("", spec, "", None)]
    filled = []
    for literal, name, _, _ in pieces:
        filled.append(literal)
        if name is not None:
            value = reach(columns, name, f"{where}: no column {name!r} for {spec!r}")
            if value is None:
                said = f"{where}: no value in column {name!r} for {spec!r}; fix the row or the field map"
                raise RowError(f"no value in column {name!r}", said)
            filled.append(text(value))
    return "".join(filled)


def _with_messages(raw: Mapping[str, Any], fields: Mapping[str, str]) -> Mapping[str, str]:
    """The field map, with a column of messages for prompt and target where neither the row nor the map has them."""
    column = next((name for name in COLUMNS if are_messages(raw.get(name))), None)
    if column is None:
        return fields
    return {role: column for role in ("prompt", "target") if role not in raw} | dict(fields)


def _of_role(role: str, raw: Mapping[str, Any], fields: Mapping[str, str], where: str) -> str:
    """The text that a role has in a row; empty where there is none."""
    spec = fields.get(role, role)
    if "{" in spec:
        return fill(spec, raw, where)
    if spec not in raw and (role not in fields or role == "split"):
        return ""
    value = reach(raw, spec, f"{where}: no column {spec!r} for {role}")
    if value is None:
        return ""
    if role in ("prompt", "target") and are_messages(value):
        try:
            return question(value) if role == "prompt" else reply(value)
        except ValueError as error:
            said = f'{where}: {spec}: {error}; name one, as in {role} = "{spec}.0.content"'
            raise RowError(f"messages without one {role}", said) from None
    if role == "prompt" and is_nested(value):
        inner = ", ".join(value) if isinstance(value, Mapping) else "a list"
        said = f'{where}: column {spec!r} holds {inner}, no text; name a text in it, as in "{spec}.text"'
        raise RowError(f"no text in column {spec!r}", said)
    return text(value)


def reach(columns: Mapping[str, Any], path: str, missing: str) -> Any:
    """The value of a column, or at a path into one. RowError, `missing` and what there is, where there is none."""
    if path in columns:
        return columns[path]
    names = path.split(".")
    for count in range(len(names) - 1, 0, -1):
        column = ".".join(names[:count])
        if column in columns:
            return _within(columns[column], names[count:], f"{missing}; {column}")
    raise RowError(f"no column {path!r}", f"{missing}; columns here: {', '.join(columns) or 'none'}")


def _within(value: Any, names: list[str], missing: str) -> Any:
    if not names or value is None:
        return value
    if isinstance(value, str) and value.startswith(("{", "[")):  # JSON in a cell of a table
        with suppress(ValueError):
            value = plain(json.loads(value))
    name, rest = names[0], names[1:]
    if isinstance(value, Mapping) and name in value:
        return _within(value[name], rest, f"{missing}.{name}")
    if isinstance(value, list) and not name.isdigit():
        return [_within(item, names, missing) for item in value]
    if isinstance(value, list) and int(name) < len(value):
        return _within(value[int(name)], rest, f"{missing}.{name}")
    there = ", ".join(value) if isinstance(value, Mapping) else "no such part"
    raise RowError(f"nothing under {name!r} in a column", f"{missing} holds {there}")
