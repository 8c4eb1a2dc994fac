"""The data files that a stage has read: noted with a hash of their content, and looked at again by the next command."""

import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from orca2.files import hash_file

Read = Iterable[tuple[str, Path]]  # the key of the recipe that names a file, and where it lies
Notes = dict[str, dict[str, Any]]  # by the name of a file: its size in bytes, mtime_ns and sha256
YOUNG = 2_000_000_000  # nanoseconds: what was written just now may be written again within one tick of the clock
SHOWN = 3


def noted(read: Read, base: Path) -> Notes:
    """The files as they are now, named from `base` on where they lie below it."""
    return {_name(path, base): _note(path, hash_file(path)) for _, path in read if path.is_file()}


def changes(notes: Notes, read: Read, base: Path) -> Iterator[str]:
    """What is to be said of files whose content is another one, and of those that are new, key by key.

    A file of the same size and time is not read. One that is gone is no change: what was read of it is in the run. The
    notes take over the time of a file that was only touched.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for key, path in read:
        name = _name(path, base)
        if not path.is_file():
            continue
        if name not in notes:
            found[key, "new"].append(name)
            continue
        note, now = notes[name], path.stat()
        if (note["size"], note["mtime_ns"]) == (now.st_size, now.st_mtime_ns):
            continue
        if note["size"] == now.st_size and hash_file(path) == note["sha256"]:
            notes[name] = _note(path, note["sha256"])
        else:
            found[key, "changed"].append(name)
    for (key, what), names in found.items():
        shown = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
        one = len(names) == 1
        said = {"new": "is new" if one else "are new", "changed": "has changed" if one else "have changed"}[what]
        yield f"{key}: {shown} {said}"


def _name(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else os.fspath(path)


def _note(path: Path, sha256: str) -> dict[str, Any]:
    now = path.stat()
    young = time.time_ns() - now.st_mtime_ns < YOUNG
    return {"size": now.st_size, "mtime_ns": 0 if young else now.st_mtime_ns, "sha256": sha256}
