"""A folder that driver and workers have to have in common, and how a worker knows that it has it."""

import platform
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orca2.errors import RunError


@contextmanager
def marked(folder: Path) -> Iterator[Path]:
    """A new empty file in the folder while it lasts: a worker that sees it has the folder in common with the driver."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / f".shared-{uuid.uuid4().hex}"
    mark.touch()
    try:
        yield mark
    finally:
        mark.unlink(missing_ok=True)


def check_seen(mark: Path) -> None:
    """RunError on a node that has no such folder, or another one by that name."""
    if not mark.is_file():
        raise RunError(
            f"{mark.parent} of the driver is not seen on node {platform.node()}: on a cluster the run folder has to lie"
            " on storage that all nodes share; move it there, and name it with --run"
        )
