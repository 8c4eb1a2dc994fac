"""Who asks what, of several processes on one cache: a request that one has on its way is not asked by another.

A claim is a lock on one byte of a file beside the cache, so that it goes with its process, however that ends.
"""

from contextlib import suppress
from pathlib import Path
from types import ModuleType

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: two processes may ask the same in the same moment
    fcntl = None

PRESENT = 0  # the byte on which each process has a shared lock


class RequestLocks:
    """`others` is whether a second process is there, as `refresh` saw it last; alone, a process claims nothing."""

    def __init__(self, cache: Path) -> None:
        self.others = False
        self._file = open(f"{cache}.claims", "a+b")  # noqa: SIM115 (it is held as long as the cache is)
        if fcntl:
            fcntl.lockf(self._file, fcntl.LOCK_SH, 1, PRESENT)
        self.refresh()

    def refresh(self) -> None:
        if not fcntl:
            return
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, PRESENT)
            self.others = False
        except OSError:
            self.others = True
        with suppress(OSError):  # the shared lock is held still if the other one was not given
            fcntl.lockf(self._file, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, PRESENT)

    def acquire(self, key: bytes) -> bool:
        """Whether the request is ours to ask; False while another process asks it."""
        if not fcntl:
            return True
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except OSError:
            return False
        return True

    def release(self, key: bytes) -> None:
        if fcntl:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(key))

    def close(self) -> None:
        self._file.close()


def _place(key: bytes) -> int:
    return 1 + int.from_bytes(key[-7:], "big")
