"""Rows of JSON: an object a line, or one list of objects, over as many lines as it likes."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from orca2.errors import DataError

Object = dict[str, Any]


def json_rows(file: Path, content: str) -> Iterator[tuple[int, Object]]:
    """(line number, object) of each row. A file that is one object over many lines is one row."""
    if content.lstrip().startswith("["):
        yield from _list(file, content)
    elif (whole := _whole(content)) is not None:
        yield 1, whole
    else:
        for number, line in enumerate(content.split("\n"), 1):
            if line.strip():
                yield number, _row(file, number, line)


def _row(file: Path, number: int, line: str) -> Object:
    try:
        row = _decoder.decode(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{file}:{number}: not JSON ({error.msg}); one JSON object a line") from None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file}:{number}: {error}; correct the row") from None
    return _object(file, number, row)


def _whole(content: str) -> Object | None:
    """The one object that a file is, if its first line is none by itself."""
    try:
        _decoder.decode(content.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        with suppress(ValueError, RecursionError):  # its lines say what is wrong, and where
            found = _decoder.decode(content)
            return found if isinstance(found, dict) else None
    return None


def _list(file: Path, content: str) -> Iterator[tuple[int, Object]]:
    place = _after(content, content.index("[") + 1)
    number, counted = 1, 0
    while content[place : place + 1] != "]":
        number, counted = number + content.count("\n", counted, place), place
        try:
            row, end = _decoder.raw_decode(content, place)
        except json.JSONDecodeError as error:
            raise DataError(f"{file}:{error.lineno}: not JSON ({error.msg}); give a list of objects") from None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{file}:{number}: {error}; correct the row") from None
        yield number, _object(file, number, row)
        place = _after(content, end)
        if content[place : place + 1] == ",":
            place = _after(content, place + 1)
        elif content[place : place + 1] != "]":
            raise DataError(f"{file}: the list ends without a ] after the row of line {number}; make the file again")
    if content[place + 1 :].strip():
        raise DataError(f"{file}: something follows the list; give one list of objects, or one object a line")


def _after(content: str, place: int) -> int:
    """The place of what follows white space."""
    while content[place : place + 1].isspace():
        place += 1
    return place


def _object(file: Path, number: int, row: Any) -> Object:
    if not isinstance(row, dict):
        raise DataError(f'{file}:{number}: not a JSON object; a row is one, as {{"prompt": ..., "target": ...}}')
    return row


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


_decoder = json.JSONDecoder(object_pairs_hook=_once)
