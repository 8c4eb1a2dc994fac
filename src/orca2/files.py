"""Files written whole or not at all, and named by their content; folders kept to one process; where the cache is."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from orca2.errors import RunError


def write_text(path: Path, text: str) -> None:
    """Write a whole file or nothing: readers see the old content until the new one is on disk."""
    partial = path.with_name(path.name + ".partial")
    try:
        with open(partial, "w", encoding="utf-8", errors="surrogatepass", newline="") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(partial, path)
    except OSError:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a second process out of a folder (RunError there); the lock goes with the process, however it ends."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise RunError(f"{folder} is in use by another orca2 process; wait for it or stop it") from None
    try:
        yield
    finally:
        lock.release()


def cache_folder() -> Path:
    """Where the user's cache of this project is; it is there afterwards."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "orca2"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
