"""Raw rows of a file: JSON Lines, JSON, CSV, TSV or Parquet, each also as `.gz` but Parquet."""

import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.data.json_rows import json_rows
from orca2.data.labels import features, named
from orca2.data.row import BadRow, refuse
from orca2.data.tables import once, table_rows
from orca2.data.values import plain
from orca2.errors import DataError, missing_extra

JSON = (".jsonl", ".ndjson", ".json")


def raw_rows(
    file: Path, columns: Sequence[str] | None = None, quotes: bool = True, bad_row: BadRow = refuse
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line number, columns) of each row, its values as `plain` has them.

    `columns` names those of a CSV or TSV without header; `quotes` is as for `table_rows`. `bad_row` gets what each row
    that cannot be read is left out for.
    """
    name = file.name.lower()  # DATA.CSV is what some programs write
    suffix = Path(name.removesuffix(".gz")).suffix
    if suffix not in (*JSON, ".csv", ".tsv", ".parquet"):
        raise DataError(f"{file}: unknown kind of file; use .jsonl, .json, .csv, .tsv or .parquet (.gz allowed)")
    if suffix == ".parquet":
        rows = _parquet(file)
    else:
        content = _content(file, name.endswith(".gz"))
        if suffix in JSON:
            rows = json_rows(file, content, bad_row)
        else:
            rows = table_rows(file, content, suffix == ".tsv", columns, quotes, bad_row)
    yield from ((number, plain(row)) for number, row in rows)


def _content(file: Path, zipped: bool) -> str:
    try:
        data = gzip.decompress(file.read_bytes()) if zipped else file.read_bytes()
        content = data.decode("utf-8-sig", "surrogateescape")  # each row says for itself that it is not UTF-8
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file}: not a whole gzip file ({error}); make it again") from None
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}); give a data file that can") from None
    if not content.strip():
        raise DataError(f"{file} is empty; give a file with at least one row")
    return content


def _parquet(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise missing_extra("pyarrow", "hub") from None
    try:
        table = pq.ParquetFile(file).read()
        rows = table.to_pylist()
    except (OSError, ValueError) as error:  # pyarrow.ArrowInvalid is a ValueError
        raise DataError(f"{file}: not a Parquet file ({str(error).splitlines()[0]}); make it again") from None
    once(file, table.column_names)
    if not rows:
        raise DataError(f"{file} is empty; give a file with at least one row")
    known = features(table.schema.metadata)
    yield from ((number, named(row, known)) for number, row in enumerate(rows, 1))
