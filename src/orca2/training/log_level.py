"""Another library's messages held back while something known to be harmless is done, and no longer."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def log_level(library: str, level: int) -> Iterator[None]:
    """Within, a library's logger takes messages of `level` and above only; afterwards, what it took before."""
    logger = logging.getLogger(library)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)
