"""Which keys the cache may hold, so that a new request need not look: one byte for each of 2^24 ends of a key.

Two processes may share the file: what others have added since is read now and then, and at each look while there are
any, for then a request is asked only if the other one has neither asked it nor is at it.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from orca2.asking._request_locks import Claims

LOOKED_EVERY = 0.02  # seconds; what another process that comes up meanwhile has on its way is paid again

WAITS = 0.05  # seconds between two looks at whether another process has its answer


class Store(Protocol):
    """What the filter reads of the cache."""

    claims: Claims

    def get(self, key: bytes) -> bytes | None: ...
    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]: ...


class Known:
    """The keys with one beginning, which is a model's."""

    def __init__(self, cache: Store, beginning: bytes) -> None:
        self._cache, self._marks = cache, bytearray(1 << 24)
        self._version, self._row = next(cache.rows("PRAGMA data_version"))[0], _last_row(cache)
        bounds = beginning, beginning + b"\xff" * 32
        for (key,) in cache.rows("SELECT key FROM answers WHERE key BETWEEN ? AND ?", bounds):
            self.add(key)
        self._looked = time.monotonic()

    def add(self, key: bytes) -> None:
        self._marks[int.from_bytes(key[-3:], "big")] = 1

    def get(self, key: bytes) -> bytes | None:
        """The raw answer under a key, if one is there."""
        if time.monotonic() - self._looked > LOOKED_EVERY:
            self._look()
        return self._cache.get(key) if self._marks[int.from_bytes(key[-3:], "big")] else None

    async def claim(self, key: bytes) -> bytes | None:
        """Wait until no other process asks for the same; its answer, or None: then it is ours to ask, and to `drop`."""
        while not self._cache.claims.take(key):
            await asyncio.sleep(WAITS)
        return self._cache.get(key)

    @property
    def shared(self) -> bool:
        """Whether another process is at the same file."""
        return self._cache.claims.others

    def drop(self, key: bytes) -> None:
        self._cache.claims.drop(key)

    def _look(self) -> None:
        """Mark what has been added; rows are numbered in the order in which they came."""
        self._cache.claims.look()
        (version,) = next(self._cache.rows("PRAGMA data_version"))
        if version != self._version:
            row = _last_row(self._cache)
            since = self._row if row >= self._row else 0  # else the file was pruned, and its rows are numbered anew
            for (key,) in self._cache.rows("SELECT key FROM answers WHERE rowid > ?", (since,)):
                self.add(key)
            self._version, self._row = version, row
        self._looked = time.monotonic()


def _last_row(cache: Store) -> int:
    (row,) = next(cache.rows("SELECT max(rowid) FROM answers"))
    return row or 0
