"""Which keys the cache may hold, so that a new request need not look: one byte for each of 2^24 ends of a key.

Two processes may share the file: what others have added since is read now and then, and at each look while there are
any, for then a request is asked only if the other one has neither asked it nor is at it.
"""

import asyncio
import mmap
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from orca2.asking._request_locks import RequestLocks

REFRESHED_EVERY = 0.02  # seconds; what another process that comes up meanwhile has on its way is paid again

WAITS = 0.05  # seconds between two looks at whether another process has its answer


class Store(Protocol):
    """What the filter reads of the cache."""

    locks: RequestLocks

    def get(self, key: bytes) -> bytes | None: ...
    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]: ...


class KeyFilter:
    """The keys with one beginning, which is a model's."""

    def __init__(self, cache: Store, key_prefix: bytes) -> None:
        self._cache, self._marks = cache, mmap.mmap(-1, 1 << 24)  # whose pages are made when a key falls into them
        self._version, self._row = next(cache.rows("PRAGMA data_version"))[0], _last_row(cache)
        bounds = key_prefix, key_prefix + b"\xff" * 32
        for (key,) in cache.rows("SELECT key FROM answers WHERE key BETWEEN ? AND ?", bounds):
            self.add(key)
        self._refreshed = time.monotonic()

    def add(self, key: bytes) -> None:
        self._marks[int.from_bytes(key[-3:], "big")] = 1

    def get(self, key: bytes) -> bytes | None:
        """The raw answer under a key, if one is there."""
        if time.monotonic() - self._refreshed > REFRESHED_EVERY:
            self._refresh()
        return self._cache.get(key) if self._marks[int.from_bytes(key[-3:], "big")] else None

    async def acquire(self, key: bytes) -> bytes | None:
        """Wait until no other process asks for the same; its answer, or None: we may ask then, and must `release`."""
        while not self._cache.locks.acquire(key):
            await asyncio.sleep(WAITS)
        return self._cache.get(key)

    @property
    def shared(self) -> bool:
        """Whether another process is at the same file."""
        return self._cache.locks.others

    def release(self, key: bytes) -> None:
        self._cache.locks.release(key)

    def _refresh(self) -> None:
        """Mark what has been added; rows are numbered in the order in which they came."""
        self._cache.locks.refresh()
        (version,) = next(self._cache.rows("PRAGMA data_version"))
        if version != self._version:
            row = _last_row(self._cache)
            since = self._row if row >= self._row else 0  # else the file was pruned, and its rows are numbered anew
            for (key,) in self._cache.rows("SELECT key FROM answers WHERE rowid > ?", (since,)):
                self.add(key)
            self._version, self._row = version, row
        self._refreshed = time.monotonic()


def _last_row(cache: Store) -> int:
    (row,) = next(cache.rows("SELECT max(rowid) FROM answers"))
    return row or 0
