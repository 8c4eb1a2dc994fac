"""Tasks from files on disk: JSON Lines, JSON, CSV, TSV or Parquet, each also as `.gz` but Parquet."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.data.files import raw_rows
from orca2.data.row import BadRow, Row, refuse
from orca2.data.shapes import Say, check_options, shaped
from orca2.errors import DataError
from orca2.files import located, matching

ENDLESS = False
check = check_options


def load(
    base: Path,
    path: str | Sequence[str],
    fields: Mapping[str, str] | None = None,
    shape: str | None = None,
    family: str | None = None,
    columns: Sequence[str] | None = None,
    escapes: bool = False,
    quotes: bool = True,
    bad_row: BadRow = refuse,
    say: Say | None = None,
) -> Iterator[Row]:
    """Rows of one or more files (globs allowed, relative to `base`).

    `fields` maps prompt, target, family and split to columns; `shape` names the form of the rows,
    which is else told from the first ones and given to `say`; `family` names the family of all
    rows (default: the file's name); `columns` names the columns of a CSV or TSV without header;
    `escapes` turns a literal backslash-n into a line break; `quotes` = False takes marks around a
    value of a TSV as part of it. `bad_row` gets the error of each row that is left out.
    """
    check_options(fields, shape)
    for file in _files(base, [path] if isinstance(path, str) else path):
        name = family or file.name.split(".")[0]
        raws = ((f"{file}:{number}", raw) for number, raw in raw_rows(file, columns, quotes, bad_row))
        if escapes:
            raws = ((where, _unescaped(raw)) for where, raw in raws)
        yield from shaped(raws, fields or {}, name, shape, bad_row, say)


def _unescaped(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {k: v.replace("\\n", "\n") if isinstance(v, str) else v for k, v in raw.items()}


def files(base: Path, options: Mapping[str, Any]) -> dict[str, list[Path]]:
    """The files that these options name, by option, also those that are not there; the options need not be right."""
    path = options.get("path")
    patterns = [pattern for pattern in (path if isinstance(path, list) else [path]) if isinstance(pattern, str)]
    return {"path": [file for pattern in patterns for file in matching(pattern, base) or [located(pattern, base)]]}


def _files(base: Path, patterns: Sequence[str]) -> list[Path]:
    paths: list[Path] = []
    for pattern in patterns:
        here = matching(pattern, base)
        if not here or not here[0].exists():
            raise DataError(
                f"tasks.options.path: {located(pattern, base)} does not exist; give the path of a data file"
            )
        paths += here
    return paths
