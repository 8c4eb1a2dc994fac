"""Artifacts of a run folder as plain data whose text is safe to show; a path that will not do is named."""

import json
import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from orca2.errors import DataError, RunError
from orca2.files import Noun, as_noun

# control characters and lone surrogates: neither HTML nor UTF-8 can hold them
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def check_run(folder: Path) -> None:
    if not (folder / "record.json").exists():
        raise RunError(
            f"{folder} is not a run folder (record.json is missing); make one with: orca2 run RECIPE --run {folder}"
        )


def check_out(out: Path | None) -> None:
    """Before the work: whether its result can be written."""
    if out and (out.is_dir() or not out.parent.is_dir()):
        raise DataError(f"--out {out}: give the path of a file in a folder that is there")


def read_json(folder: Path, name: str, made_by: str) -> Any:
    return _parse(_text(folder, name, made_by), f"{name} in {folder}", _again(folder, made_by))


def read_rows(folder: Path, name: str, made_by: str) -> list[Any]:
    lines = _text(folder, name, made_by).split("\n")
    return [_parse(line, f"{name}:{n} in {folder}", _again(folder, made_by)) for n, line in enumerate(lines, 1) if line]


def read_noun(folder: Path, name: str, made_by: str, noun: type[Noun]) -> Noun:
    """The noun that an artifact is; RunError where it is none."""
    return as_noun(read_json(folder, name, made_by), noun, f"{name} in {folder}", _again(folder, made_by))


def read_nouns(folder: Path, name: str, made_by: str, noun: type[Noun]) -> list[Noun]:
    """The nouns of an artifact of lines."""
    again, rows = _again(folder, made_by), read_rows(folder, name, made_by)
    return [as_noun(row, noun, f"{name}:{number} in {folder}", again) for number, row in enumerate(rows, 1)]


def _again(folder: Path, made_by: str) -> str:
    return f"remake it: orca2 {made_by} {folder} --redo"


def _text(folder: Path, name: str, made_by: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise RunError(f"{name} is missing in {folder}; run: orca2 {made_by} {folder}") from None


def _parse(text: str, where: str, again: str) -> Any:
    try:
        return clean(json.loads(text))
    except json.JSONDecodeError as error:
        raise RunError(f"{where} is not valid JSON: {error}; {again}") from None


def clean(value: Any) -> Any:
    """The same data, nouns among it, each unprintable character of its text shown as U+FFFD."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, list | tuple):
        return type(value)(clean(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: clean(getattr(value, field.name)) for field in fields(value)})
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value
