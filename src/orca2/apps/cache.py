"""cache: what answers are kept, and taking them out or away."""

import gzip
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.table import Table

from orca2.asking.cache import Cache, default_path
from orca2.errors import RunError

DAY = 86400
SUMMED = "count(*), coalesce(sum(length(request) + length(raw)), 0), min(at), max(at)"


def show(file: Path | None) -> None:
    """Answers, size and dates of each model."""
    with _opened(file) as cache:
        rows = list(cache.rows(f"SELECT model, {SUMMED} FROM answers GROUP BY model ORDER BY count(*) DESC"))
        size = sum(path.stat().st_size for path in cache.path.parent.glob(f"{cache.path.name}*"))
    table = Table(
        title=f"{cache.path}: {sum(row[1] for row in rows):,} answers, {_size(size)} on disk", title_justify="left"
    )
    for heading in ("answers", "size", "oldest", "newest", "model"):
        table.add_column(heading, overflow="fold", justify="right" if heading in ("answers", "size") else "left")
    for model, count, held, oldest, newest in rows:
        table.add_row(f"{count:,}", _size(held), _date(oldest), _date(newest), model)
    Console(width=None if os.isatty(1) else 160, highlight=False, markup=False, emoji=False).print(table)


def export(file: Path | None, out: Path, model: str) -> None:
    """One JSON object an answer: model, when it came, the request and the answer as they went over the wire."""
    if not out.parent.is_dir():
        raise RunError(f"{out.parent} is no folder; make it, or name another --out")
    count = 0
    with _opened(file) as cache, _written(out) as handle:
        where = "SELECT model, at, request, raw FROM answers WHERE instr(model, ?) ORDER BY model, at, key"
        for name, at, request, raw in cache.rows(where, (model,)):
            row = {"model": name, "at": at, "request": _decoded(request), "answer": _decoded(raw)}
            handle.write(json.dumps(row, ensure_ascii=False).encode(errors="backslashreplace") + b"\n")
            count += 1
    print(f"{count:,} answers -> {out}")


def prune(file: Path | None, model: str, older: float, yes: bool) -> None:
    """Delete the answers of some models, or from before so many days; without `yes` only say what would go."""
    if not model and not older:
        raise RunError("cache prune: say what is to go with --model TEXT, --older DAYS, or both")
    which = "FROM answers WHERE instr(model, ?) AND at <= ?"
    chosen = model, int(time.time() - older * DAY)
    with _opened(file) as cache:
        rows = list(cache.rows(f"SELECT model, {SUMMED} {which} GROUP BY model ORDER BY model", chosen))
        for name, count, held, oldest, newest in rows:
            print(f"{count:,} answers, {_size(held)}, {_date(oldest)} to {_date(newest)}: {name}")
        total = sum(row[1] for row in rows)
        if yes and total:
            list(cache.rows(f"DELETE {which}", chosen))
            list(cache.rows("VACUUM"))
    print(f"{total:,} answers deleted" if yes else f"{total:,} answers would go; to delete them, add --yes")


@contextmanager
def _opened(file: Path | None) -> Iterator[Cache]:
    path = file or default_path()
    if not path.is_file():
        raise RunError(f"no answers are kept in {path}; name another file with --file")
    cache = Cache(path)
    try:
        yield cache
    finally:
        cache.close()


@contextmanager
def _written(out: Path) -> Iterator[IO[bytes]]:
    """A file, compressed if its name ends in .gz, that takes its name only once it is whole."""
    partial = out.with_name(out.name + ".partial")
    try:
        with open(partial, "wb") as plain:
            if out.suffix == ".gz":
                with gzip.open(plain, "wb") as packed:
                    yield packed  # type: ignore[misc]
            else:
                yield plain
        os.replace(partial, out)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise


def _decoded(data: bytes) -> Any:
    """JSON as JSON, and what is none as text."""
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _date(at: int | None) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(at)) if at else ""
