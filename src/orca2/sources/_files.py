"""Raw rows of a file: JSON Lines, CSV, TSV or Parquet, each also as `.gz` but Parquet."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.errors import DataError, missing_extra


def raw_rows(file: Path, columns: Sequence[str] | None = None) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line number, columns) of each row; `columns` names those of a CSV or TSV without header."""
    suffix = Path(file.name.removesuffix(".gz")).suffix
    if suffix == ".parquet":
        yield from _parquet(file)
        return
    if suffix not in (".jsonl", ".json", ".csv", ".tsv"):
        raise DataError(f"{file}: unknown kind of file; use .jsonl, .csv, .tsv or .parquet (.gz allowed)")
    try:
        data = gzip.decompress(file.read_bytes()) if file.name.endswith(".gz") else file.read_bytes()
        text = data.decode("utf-8-sig")
    except (gzip.BadGzipFile, EOFError) as error:
        raise DataError(f"{file}: not a whole gzip file ({error}); make it again") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DataError(f"{file}:{line}: not UTF-8 ({error.reason}); convert it to UTF-8") from None
    if not text.strip():
        raise DataError(f"{file} is empty; give a file with at least one row")
    yield from _lines(file, text) if suffix.startswith(".json") else _table(file, text, suffix, columns)


def _lines(file: Path, text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise DataError(f"{file}:{number}: not JSON ({error.msg}); one JSON object a line") from None
            if not isinstance(row, dict):
                raise DataError(f"{file}:{number}: not a JSON object; one JSON object a line")
            yield number, row


def _table(
    file: Path, text: str, suffix: str, columns: Sequence[str] | None
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    csv.field_size_limit(1 << 30)
    csv.register_dialect("tsv", delimiter="\t", quoting=csv.QUOTE_NONE)  # TSV has no quotes
    source = csv.reader(io.StringIO(text, newline=""), "tsv" if suffix == ".tsv" else "excel")
    names = list(columns) if columns else next(source)
    for values in source:
        if values:
            yield source.line_num, dict(zip(names, values, strict=False))


def _parquet(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise missing_extra("pyarrow", "hub") from None
    try:
        rows = pq.read_table(file).to_pylist()
    except (OSError, ValueError) as error:  # pyarrow.ArrowInvalid is a ValueError
        raise DataError(f"{file}: not a Parquet file ({str(error).splitlines()[0]}); make it again") from None
    if not rows:
        raise DataError(f"{file} is empty; give a file with at least one row")
    yield from enumerate(rows, 1)
