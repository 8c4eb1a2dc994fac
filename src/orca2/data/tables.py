"""Rows of a CSV or TSV: what stands where is certain, or the row is refused."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Literal

from orca2.data.row import BadRow, refuse
from orca2.data.values import check_utf8
from orca2.errors import DataError, RowError

Quoting = Literal[0, 3]  # csv.QUOTE_MINIMAL, csv.QUOTE_NONE
MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
FIRST = 50  # rows that tell what parts the values
Lines = list[tuple[int, list[str]]]  # the number of its last line, and the values of a row
NOT_NUMBERS = {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


def table_rows(
    file: Path,
    content: str,
    tabs: bool,
    columns: Sequence[str] | None = None,
    quotes: bool = True,
    bad_row: BadRow = refuse,
    delimiter: str = "",
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """(line number, values by column). `columns` names those of a table without header; `quotes` says whether marks
    around a value of a TSV are a program's and no part of it; `delimiter` is what parts the values of a CSV, which is
    else told from its first rows. A NaN among numbers is None, a missing value."""
    csv.field_size_limit(1 << 30)
    if content.startswith("sep=") and not delimiter:  # a first line that spreadsheets write
        delimiter = content[4:5]
        content = content[content.find("\n") if "\n" in content else len(content) :]
    mark = delimiter or ("\t" if tabs else told(content, len(columns or ())))
    lines = _tsv(content, quotes) if tabs and mark == "\t" else _quoted(file, content, mark)
    if not lines:
        raise DataError(f"{file} is empty; give a file with at least one row")
    if columns:
        names, rows = list(columns), lines
    else:
        names, rows = lines[0][1], lines[1:]
    check_utf8("".join(names), f"{file}:1")
    once(file, names)
    rows = list(_whole(file, names, rows, MARKS.get(mark, repr(mark)), bad_row))
    gaps = _columns_with_gaps([values for _, values in rows])
    for number, values in rows:
        yield (
            number,
            {
                name: None if place in gaps and value.strip().lower() in NOT_NUMBERS else value
                for place, (name, value) in enumerate(zip(names, values, strict=True))
                if name.strip()  # a column without a name is an index, or a comma too many in every line
            },
        )


def _whole(
    file: Path, names: Sequence[str], rows: Lines, mark: str, bad_row: BadRow
) -> Iterator[tuple[int, list[str]]]:
    """The rows that have a value for each column."""
    for number, values in rows:
        where = f"{file}:{number}"
        try:
            check_utf8("".join(values), where)
            if len(values) != len(names):
                raise RowError(
                    "not as many values as columns",
                    f"{where}: {len(values)} values for {len(names)} columns ({', '.join(names)[:80]}); put a value"
                    f" that holds a {mark} or a line break into quotes, and leave none out",
                )
        except RowError as error:
            bad_row(error)
        else:
            yield number, values


def once(file: Path, names: Sequence[str]) -> None:
    """DataError if two columns have one name: either may be the one that is meant."""
    for name in names:
        if name.strip() and names.count(name) > 1:
            raise DataError(f"{file}: two columns are called {name!r}; give each a name of its own")


def _read(content: str, mark: str, quoting: Quoting = csv.QUOTE_MINIMAL) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=mark, quoting=quoting, strict=True)
    for values in reader:
        if len(values) > 1 or "".join(values).strip():
            yield reader.line_num, values


def told(content: str, columns: int = 0) -> str:
    """What parts the values of a CSV: the comma, but where that leaves a single column and another mark parts each of
    the first rows into equally many. `columns` is how many there are, if that is known."""
    commas = _widths(content, ",")
    if columns == 1 or not commas or (commas[0] > 1 and columns in (0, commas[0])):
        return ","
    widths = {mark: _widths(content, mark) for mark in MARKS}
    even = {mark: found[0] for mark, found in widths.items() if len(set(found)) == 1 and found[0] > 1}
    fit = [mark for mark in even if not columns or even[mark] == columns]
    return max(fit, key=lambda mark: even[mark], default=",")


def _widths(content: str, mark: str) -> list[int]:
    """How many values each of the first rows has; the last is -1 where the mark leaves quotes that do not close."""
    widths: list[int] = []
    try:
        widths += (len(values) for _, values in islice(_read(content, mark), FIRST))
    except csv.Error:
        widths.append(-1)
    return widths


def _quoted(file: Path, content: str, mark: str) -> Lines:
    lines: Lines = []
    try:
        lines += _read(content, mark)
    except csv.Error as error:
        after = f" after line {lines[-1][0]}" if lines else ""
        raise DataError(f"{file}: no CSV{after} ({error}); close each quote, and write one in a value twice") from None
    return lines


def _tsv(content: str, quotes: bool) -> Lines:
    """A program that quotes closes every quote, and doubles those in a value. Quotes that do not close are part of the
    text; so are those that would swallow lines of which each is whole as it is, if none is doubled anywhere."""
    literal = list(_read(content, "\t", csv.QUOTE_NONE))
    try:
        quoted = list(_read(content, "\t")) if quotes else literal
    except csv.Error:
        return literal
    even = len({len(values) for _, values in literal}) == 1
    return literal if even and len(quoted) < len(literal) and '""' not in content else quoted


def _columns_with_gaps(rows: Sequence[Sequence[str]]) -> set[int]:
    """The columns of numbers in which something stands that is none."""
    found = {place for values in rows for place, value in enumerate(values) if value.strip().lower() in NOT_NUMBERS}
    return {place for place in found if all(_is_number(values[place]) for values in rows)}


def _is_number(value: str) -> bool:
    try:
        float(value.strip() or "0")
    except ValueError:
        return False
    return True
