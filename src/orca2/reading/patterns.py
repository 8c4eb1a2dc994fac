"""Patterns compiled at their first use: of the many that are there, few are needed for the answers of one file."""

import functools
import re
from collections.abc import Callable


def lazy_pattern(pattern: str, flags: int = 0) -> Callable[[], re.Pattern[str]]:
    """The compiled pattern behind a call, for one that takes long to compile and that most answers never meet.

    >>> digits = lazy_pattern("[0-9]+")
    >>> digits().findall("7 of 12")
    ['7', '12']
    """
    return functools.cache(lambda: re.compile(pattern, flags))
