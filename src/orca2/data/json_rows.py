"""Rows of JSON: an object a line, or one list of objects, over as many lines as it likes."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from orca2.data.row import BadRow, refuse
from orca2.data.values import check_utf8
from orca2.errors import DataError, RowError

Object = dict[str, Any]
UNREAD = "JSON that cannot be used"  # a key that is there twice, a number of too many digits, too deep a nesting


def json_rows(file: Path, content: str, bad_row: BadRow = refuse) -> Iterator[tuple[int, Object]]:
    """(line number, object) of each row. A file that is one object over many lines is one row."""
    if content.lstrip().startswith("["):
        yield from _list(file, content, bad_row)
    elif (whole := _whole(content)) is not None:
        check_utf8(content, str(file))
        yield 1, whole
    else:
        for number, line in enumerate(content.split("\n"), 1):
            if line.strip():
                try:
                    row = _row(file, number, line)
                except RowError as error:
                    bad_row(error)
                    continue
                yield number, row


def _row(file: Path, number: int, line: str) -> Object:
    where = f"{file}:{number}"
    check_utf8(line, where)
    try:
        row = _decoder.decode(line)
    except json.JSONDecodeError as error:
        raise RowError("not JSON", f"{where}: not JSON ({error.msg}); one JSON object a line") from None
    except (ValueError, RecursionError) as error:
        raise RowError(UNREAD, f"{where}: {error}; correct the row") from None
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


def _list(file: Path, content: str, bad_row: BadRow) -> Iterator[tuple[int, Object]]:
    place = _after(content, content.index("[") + 1)
    number, counted = 1, 0
    while content[place : place + 1] != "]":
        number, counted = number + content.count("\n", counted, place), place
        found, end = _item(file, number, content, place)
        if isinstance(found, RowError):
            bad_row(found)
        else:
            yield number, found
        place = _after(content, end)
        if content[place : place + 1] == ",":
            place = _after(content, place + 1)
        elif content[place : place + 1] != "]":
            raise DataError(f"{file}: the list ends without a ] after the row of line {number}; make the file again")
    if content[place + 1 :].strip():
        raise DataError(f"{file}: something follows the list; give one list of objects, or one object a line")


def _item(file: Path, number: int, content: str, place: int) -> tuple[Object | RowError, int]:
    """The row that begins at a place, or why it is none, and where it ends; DataError where that cannot be known."""
    try:
        row, end = _decoder.raw_decode(content, place)
        check_utf8(content[place:end], f"{file}:{number}")
        return _object(file, number, row), end
    except RowError as error:
        return error, _plain.raw_decode(content, place)[1]
    except json.JSONDecodeError as error:
        raise DataError(f"{file}:{error.lineno}: not JSON ({error.msg}); give a list of objects") from None
    except (ValueError, RecursionError) as error:
        said = f"{file}:{number}: {error}; correct the row"
        try:
            return RowError(UNREAD, said), _plain.raw_decode(content, place)[1]
        except (ValueError, RecursionError):
            raise DataError(said) from None


def _after(content: str, place: int) -> int:
    """The place of what follows white space."""
    while content[place : place + 1].isspace():
        place += 1
    return place


def _object(file: Path, number: int, row: Any) -> Object:
    if not isinstance(row, dict):
        said = f'{file}:{number}: not a JSON object; a row is one, as {{"prompt": ..., "target": ...}}'
        raise RowError("not a JSON object", said)
    return row


def _once(pairs: list[tuple[str, Any]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} is there twice")
    return found


_decoder, _plain = json.JSONDecoder(object_pairs_hook=_once), json.JSONDecoder()
