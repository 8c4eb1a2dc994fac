"""Files of a batch: each request gets the response of its `custom_id`, which lies in another file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from orca2.data.exchanges import is_batch_request, is_batch_result
from orca2.data.row import BadRow
from orca2.errors import RowError

Placed = tuple[str, Mapping[str, Any]]  # where a row stands, and the row
File = tuple[str, Iterable[Placed]]  # what the rows of a file are called, and these


def paired(files: Iterable[File], bad_row: BadRow) -> Iterator[File]:
    """The files, requests with their responses where there are files of both; from the first file of a batch on, all
    of them are read at once."""
    left = iter(files)
    for name, rows in left:
        own = iter(rows)
        first = next(own, None)
        if first is None or not (is_batch_request(first[1]) or is_batch_result(first[1])):
            yield name, own if first is None else chain([first], own)
        else:
            yield from _joined([(name, [first, *own]), *((other, list(more)) for other, more in left)], bad_row)


def _joined(files: Sequence[tuple[str, list[Placed]]], bad_row: BadRow) -> Iterator[File]:
    results = {str(row["custom_id"]): row for _, rows in files for _, row in rows if is_batch_result(row)}
    if not results or not any(is_batch_request(row) for _, rows in files for _, row in rows):
        yield from files
        return
    for name, rows in files:
        asked = [(where, row) for where, row in rows if not is_batch_result(row)]
        if asked:
            yield name, _answered(asked, results, bad_row)


def _answered(rows: Sequence[Placed], results: Mapping[str, Mapping[str, Any]], bad_row: BadRow) -> Iterator[Placed]:
    for where, row in rows:
        if not is_batch_request(row):
            yield where, row
        elif (result := results.get(str(row["custom_id"]))) is None:
            said = (
                f"{where}: no result of {str(row['custom_id'])[:60]!r}; give the file that has it in tasks.options.path"
            )
            bad_row(RowError("a request of a batch without a result", said))
        else:
            yield where, {**row, "response": result["response"]}
