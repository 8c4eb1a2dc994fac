"""Answers that outlive runs: one SQLite file, shared by runs, arms, stages and processes.

An answer is stored as it came, and counts as stored only once it is on disk; what failed is no answer. Commits are
grouped: a thread writes whatever has arrived while it wrote the last ones, so that the price of one fsync is shared.
"""

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from orca2.asking._key_filter import KeyFilter
from orca2.asking._request_locks import RequestLocks
from orca2.errors import RunError
from orca2.files import cache_folder, located

APPLICATION = 0x6F726332  # "orc2": how a file of ours is told from any other SQLite database
VERSION = 1
GROUP = 200  # rows of one statement at most; SQLite takes 32,766 values in one
GATHERED = 0.005  # seconds of answers in one commit: each writes again all pages of the index that its keys fall into
MANY = 16  # in the commit before: fewer are not waited for
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  key BLOB PRIMARY KEY, model TEXT NOT NULL, request BLOB NOT NULL, raw BLOB NOT NULL, at INTEGER NOT NULL
)
"""
COLUMNS = 5
INSERT = "INSERT OR REPLACE INTO answers VALUES {rows}"


def default_path() -> Path:
    """`$ORCA2_CACHE`, else `answers.sqlite` in the user's cache folder."""
    named = os.environ.get("ORCA2_CACHE")
    return located(named) if named else cache_folder() / "answers.sqlite"


class Cache:
    """One process's access to the file. Reads are of the calling thread; a thread of its own writes."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._reader = self._open()
            self.locks = RequestLocks(self.path)
            self._key_filters: dict[bytes, KeyFilter] = {}
        except (sqlite3.Error, OSError) as error:
            raise self._broken(error) from None
        self._owed: list[tuple[Any, ...]] = []
        self._told: dict[asyncio.AbstractEventLoop, asyncio.Future[None]] = {}  # by who waits for what is owed
        self._arrived, self._ending = threading.Condition(), False
        self._writer: threading.Thread | None = None

    def get(self, key: bytes) -> bytes | None:
        """The raw answer under a key, if one is there."""
        try:
            row = self._reader.execute("SELECT raw FROM answers WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._broken(error) from None
        return row[0] if row else None

    def key_filter(self, key_prefix: bytes) -> KeyFilter:
        """Which keys with this beginning may be there."""
        if key_prefix not in self._key_filters:
            self._key_filters[key_prefix] = KeyFilter(self, key_prefix)
        return self._key_filters[key_prefix]

    def put(self, key: bytes, model: str, request: bytes, raw: bytes) -> "asyncio.Future[None]":
        """Done once the answer is on disk; others that are written with it wait for the same."""
        loop = asyncio.get_running_loop()
        with self._arrived:
            self._owed.append((key, model, request, raw, int(time.time())))
            if (done := self._told.get(loop)) is None:
                done = self._told[loop] = loop.create_future()
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="orca2 cache", daemon=True)
                self._writer.start()
            elif len(self._owed) == 1:
                self._arrived.notify()
        return done

    def flush(self) -> None:
        """Write what is owed; a later answer starts the writer anew."""
        if self._writer is not None:
            with self._arrived:
                self._ending = True
                self._arrived.notify()
            self._writer.join()
            self._writer, self._ending = None, False

    def close(self) -> None:
        """Write what is owed, and let go of the file."""
        self.flush()
        self._reader.close()
        self.locks.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """What a statement gives, for those who look at the file and do not ask anything."""
        try:
            yield from self._reader.execute(sql, values)
        except sqlite3.Error as error:
            raise self._broken(error) from None

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path, isolation_level=None, timeout=60.0, check_same_thread=False)
        marks = [file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if marks != [APPLICATION, VERSION]:
            self._set_up(file, marks)
        file.execute("PRAGMA synchronous = FULL")
        file.execute("PRAGMA wal_autocheckpoint = 10000")
        return file

    def _set_up(self, file: sqlite3.Connection, marks: Sequence[int]) -> None:
        """Set up an empty file; refuse one of somebody else's, and one of a later release."""
        file.execute("BEGIN IMMEDIATE")  # of two processes, one sets it up
        marks = [file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if marks == [0, 0] and not file.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            file.execute(SCHEMA)
            file.execute(f"PRAGMA application_id = {APPLICATION}")
            file.execute(f"PRAGMA user_version = {VERSION}")
        elif marks != [APPLICATION, VERSION]:
            raise sqlite3.DatabaseError("it is another program's database, or of another version of orca2")
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode = WAL")

    def _write(self) -> None:
        file, failure, owed = None, None, list[tuple[Any, ...]]()
        while True:
            with self._arrived:
                while not self._owed and not self._ending:
                    self._arrived.wait()
                if len(owed) >= MANY and not self._ending:
                    self._arrived.wait_for(lambda: self._ending, GATHERED)
                owed, self._owed = self._owed, []
                told, self._told = self._told, {}
                if not owed:
                    break
            try:
                file = file or self._open()
                for start in range(0, len(owed), GROUP):
                    some = owed[start : start + GROUP]
                    # one statement: the interpreter's lock is given up once, not once a row
                    rows = ",".join(["(" + ",".join("?" * COLUMNS) + ")"] * len(some))
                    file.execute(INSERT.format(rows=rows), [value for row in some for value in row])
            except (sqlite3.Error, OSError) as error:
                failure = self._broken(error)
            for loop, done in told.items():
                with suppress(RuntimeError):  # the loop is closed: it has gone with those who waited
                    loop.call_soon_threadsafe(_resolve, done, failure)
        if file is not None:
            file.close()

    def _broken(self, error: Exception) -> RunError:
        return RunError(
            f"the cache of answers {self.path} cannot be used: {error}; move it away, or name another"
            " file in ORCA2_CACHE or the recipe key cache"
        )


def _resolve(done: "asyncio.Future[None]", failure: RunError | None) -> None:
    if not done.done():
        done.set_exception(failure) if failure else done.set_result(None)
