"""Tasks from files on disk, or from a folder of them: JSON Lines, JSON, CSV, TSV, Parquet or Arrow."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.data.batches import paired
from orca2.data.files import raw_rows
from orca2.data.folders import data_files, family_of, in_folder, splits_of
from orca2.data.messages import Turns
from orca2.data.row import BadRow, Row, refuse
from orca2.data.shapes import Say, check_options, shaped
from orca2.errors import DataError, RecipeError
from orca2.files import located, matching

ENDLESS = False


def check(
    fields: Mapping[str, str] | None = None,
    shape: str | None = None,
    encoding: str = "utf-8",
    delimiter: str = "",
    **options: Any,
) -> None:
    """RecipeError for an option that no file could be read with."""
    check_options(fields, shape)
    try:
        "".encode(encoding)
    except LookupError:
        raise RecipeError(
            f'tasks.options.encoding: no {encoding!r}; use one that Python knows, such as "latin-1"'
        ) from None
    if len(delimiter) > 1 or delimiter in ('"', "\n", "\r"):
        raise RecipeError(f'tasks.options.delimiter: {delimiter!r} is no single mark; give one, such as ";"')


def load(
    base: Path,
    path: str | Sequence[str],
    fields: Mapping[str, str] | None = None,
    shape: str | None = None,
    family: str | None = None,
    columns: Sequence[str] | None = None,
    escapes: bool = False,
    quotes: bool = True,
    encoding: str = "utf-8",
    delimiter: str = "",
    turns: Turns = "each",
    bad_row: BadRow = refuse,
    say: Say | None = None,
    without_target: bool = False,
) -> Iterator[Row]:
    """Rows of one or more files or folders (globs allowed, relative to `base`).

    `fields` maps prompt, target, family and split to columns; `shape` names the form of the rows,
    which is else told from the first ones and given to `say`; `family` names the family of all
    rows (default: the file's name); `columns` names the columns of a CSV or TSV without header;
    `escapes` turns a literal backslash-n into a line break; `quotes` = False takes marks around a
    value of a TSV as part of it; `encoding` and `delimiter` say what a file is that is not UTF-8, and
    a CSV whose first rows do not tell it; `turns` which answers of a conversation are tasks, each or the
    last. `bad_row` gets the error of each row that is left out; rows `without_target` are left out unless
    the run has another use for them.
    """
    check(fields, shape, encoding, delimiter)

    def rows_of(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for number, raw in raw_rows(file, columns, quotes, bad_row, encoding, delimiter):
            yield f"{file}:{number}", _unescaped(raw) if escapes else raw

    found = _files(base, [path] if isinstance(path, str) else path, say)
    for name, rows in paired(((family or family_of(file, folder), rows_of(file)) for file, folder in found), bad_row):
        yield from shaped(rows, fields or {}, name, shape, bad_row, say, without_target, turns)


def _unescaped(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    return {k: v.replace("\\n", "\n") if isinstance(v, str) else v for k, v in raw.items()}


def files(base: Path, options: Mapping[str, Any]) -> dict[str, list[Path]]:
    """The files that these options name, by option, also those that are not there; the options need not be right."""
    path = options.get("path")
    patterns = [pattern for pattern in (path if isinstance(path, list) else [path]) if isinstance(pattern, str)]
    named = [file for pattern in patterns for file in matching(pattern, base) or [located(pattern, base)]]
    return {"path": [file for path in named for file in (path.is_dir() and data_files(path)) or [path]]}


def _files(base: Path, patterns: Sequence[str], say: Say | None) -> Iterator[tuple[Path, Path | None]]:
    """Each file, and the folder that was named if it lies in one."""
    paths: list[tuple[Path, Path | None]] = []
    for pattern in patterns:
        here = matching(pattern, base)
        if not here or not here[0].exists():
            raise DataError(
                f"tasks.options.path: {located(pattern, base)} does not exist; give the path of a data file"
            )
        for path in here:
            if not path.is_dir():
                paths.append((path, None))
                continue
            found = in_folder(path)
            paths += [(file, path) for file in found]
            if say and len(splits := splits_of(found, path)) > 1:
                say(f"{path.name}: its {', '.join(splits)} are read as one, and split anew by content")
    yield from paths
