"""Raw rows of a file: JSON Lines, JSON, CSV, TSV, Parquet or Arrow; those of text also as `.gz`."""

import codecs
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
TABLES = (".csv", ".tsv")
COLUMNAR = (".parquet", ".arrow", ".feather")
KINDS = (*JSON, *TABLES, *COLUMNAR)


def kind_of(file: Path) -> str:
    """The suffix that says what a file holds, small and without `.gz`: DATA.CSV is what some programs write."""
    return Path(file.name.lower().removesuffix(".gz")).suffix


def raw_rows(
    file: Path,
    columns: Sequence[str] | None = None,
    quotes: bool = True,
    bad_row: BadRow = refuse,
    encoding: str = "utf-8",
    delimiter: str = "",
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line number, columns) of each row, its values as `plain` has them. DataError if the file changes meanwhile.

    `columns` names those of a CSV or TSV without header; `quotes` and `delimiter` are as for `table_rows`. `bad_row`
    gets what each row that cannot be read is left out for.
    """
    suffix, zipped = kind_of(file), file.name.lower().endswith(".gz")
    if suffix not in KINDS or (zipped and suffix in COLUMNAR):
        raise DataError(f"{file}: unknown kind of file; use one of {', '.join(KINDS)} (.gz allowed for text)")
    before = _state(file)
    if suffix in COLUMNAR:
        rows = _columnar(file, suffix)
    elif suffix in JSON:
        rows = json_rows(file, _content(file, zipped, encoding), bad_row)
    else:
        content = _content(file, zipped, encoding)
        rows = table_rows(file, content, suffix == ".tsv", columns, quotes, bad_row, delimiter)
    yield from ((number, plain(row)) for number, row in rows)
    if _state(file) != before:
        raise DataError(f"{file} has changed while it was read; run again once it is written")


def _state(file: Path) -> tuple[int, int] | None:
    try:
        now = file.stat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns


def _content(file: Path, zipped: bool, encoding: str) -> str:
    try:
        data = gzip.decompress(file.read_bytes()) if zipped else file.read_bytes()
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            content = data.decode("utf-16")
        elif codecs.lookup(encoding).name == "utf-8":
            content = data.decode("utf-8-sig", "surrogateescape")  # each row says for itself that it is not UTF-8
        else:
            content = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: not {error.encoding} ({error.reason}); name what it is, or convert it") from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file}: not a whole gzip file ({error}); make it again") from None
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}); give a data file that can") from None
    if not content.strip():
        raise DataError(f"{file} is empty; give a file with at least one row")
    return content


def _columnar(file: Path, suffix: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise missing_extra("pyarrow", "hub") from None
    kind = "a Parquet" if suffix == ".parquet" else "an Arrow"
    try:
        table = pq.ParquetFile(file).read() if suffix == ".parquet" else _arrow(file)
        rows = table.to_pylist()
    except (OSError, ValueError) as error:  # pyarrow.ArrowInvalid is a ValueError
        raise DataError(f"{file}: not {kind} file ({str(error).splitlines()[0]}); make it again") from None
    once(file, table.column_names)
    if not rows:
        raise DataError(f"{file} is empty; give a file with at least one row")
    known = features(table.schema.metadata)
    yield from ((number, named(row, known)) for number, row in enumerate(rows, 1))


def _arrow(file: Path) -> Any:
    """The table of an Arrow file: a stream, as `datasets` saves it, or one with its index at the end (Feather)."""
    import pyarrow as pa

    data = file.read_bytes()
    opened = pa.ipc.open_file(data) if data.startswith(b"ARROW1") else pa.ipc.open_stream(data)
    return opened.read_all()
