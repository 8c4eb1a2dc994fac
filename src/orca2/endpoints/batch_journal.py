"""Which rows went into which batch, noted on this machine: a killed run finds its paid answers through them.

The hash of a file finds its batch only while the very same rows are owed; once some answers have been kept, the rest
makes another file. A note holds all row ids of a file, so any of them finds the batch.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from filelock import AsyncFileLock, BaseAsyncFileLock

from orca2.files import cache_folder, write_text

KEPT = 31 * 86400  # seconds; providers keep the files of a batch for 30 days


class BatchJournal:
    """The notes of one model at one provider. While `lock` is held, no other process looks or makes batches."""

    def __init__(self, name: str) -> None:
        self._name, self._folder = name, cache_folder() / "batches"
        self._folder.mkdir(exist_ok=True)
        self.lock: BaseAsyncFileLock = AsyncFileLock(self._folder / ".lock")

    def add(self, content_hash: str, ids: Sequence[str]) -> None:
        write_text(self._folder / f"{content_hash}.json", json.dumps({"name": self._name, "ids": list(ids)}))

    def all(self) -> Iterator[tuple[str, list[str]]]:
        """(mark, row ids), newest first; what is too old for the provider to remember is forgotten."""
        notes = sorted(((path.stat().st_mtime, path) for path in self._folder.glob("*.json")), reverse=True)
        for written, path in notes:
            if written < time.time() - KEPT:
                path.unlink(missing_ok=True)
            elif found := _read(path, self._name):
                yield path.stem, found


def _read(path: Path, name: str) -> list[str]:
    """The row ids of a note of this model; none for another's, or for what is no note."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        return [str(row) for row in note["ids"]] if note["name"] == name else []
    except (OSError, ValueError, KeyError, TypeError):
        return []
