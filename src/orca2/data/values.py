"""Values of a data file as JSON has them, whatever kind of file they come from, and as the text of a task."""

import json
import math
import re
import struct
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from orca2.errors import RowError
from orca2.files import utf8

SHORT = 10  # characters of a number that was not widened from 32 bits: those take 15 or more, but for round ones
_ESCAPED = re.compile("[\udc80-\udcff]")  # a byte that is not UTF-8, as it is decoded with surrogateescape
FEW = 12  # bits of 24; what needs no more, such as 2**-20, is long and yet as it was meant


def plain(value: Any) -> Any:
    """Text, numbers, true, false, null, lists and objects.

    A NaN or an infinity is a missing value, null. A float32 is the number that was meant: 0.1, not 0.10000000149011612.
    Dates and decimals are text; so are bytes that are UTF-8, and other bytes, images and sounds are null.
    """
    if isinstance(value, str):
        return utf8(value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _narrowed(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {utf8(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy's
        return plain(value.tolist())
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else None
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    return str(value) if isinstance(value, date | time | timedelta | UUID) else None


def check_utf8(text: str, where: str) -> None:
    """RowError if a text of a file, decoded with surrogateescape, was not UTF-8 there."""
    if not text.isascii() and _ESCAPED.search(text):
        raise RowError(
            "not UTF-8", f'{where}: not UTF-8; convert it, or name what it is: tasks.options.encoding = "latin-1"'
        )


def text(value: Any) -> str:
    """A value of `plain` as text: a list of texts and numbers on lines, other lists and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not is_nested(value):
        return "\n".join(text(item) for item in value if item is not None)
    return json.dumps(value, ensure_ascii=False)


def is_nested(value: Any) -> bool:
    """Whether it holds more than texts and numbers, one or a list of them."""
    return isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(item, list | Mapping) for item in value)
    )


def _narrowed(value: float) -> float:
    """The shortest number that is the same in 32 bits, if the value is one of these."""
    if len(repr(value)) <= SHORT or math.frexp(value)[0] * 2**FEW % 1 == 0:
        return value
    try:
        single = struct.pack("f", value)
    except OverflowError:
        return value
    if struct.unpack("f", single)[0] != value:
        return value
    shorter = (float(f"{value:.{digits}g}") for digits in range(1, 10))
    return next(number for number in shorter if struct.pack("f", number) == single)
