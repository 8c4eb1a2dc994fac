"""JSON as it goes over the wire: `orjson`, and the standard library for what only that reads or writes.

That is text with half a surrogate pair, which models write at times, numbers that are none, and whole numbers of more
than 64 bits, which `orjson` would read as floats.
"""

import json
from typing import Any

import orjson

LONG = b"0" * 19  # the fewest digits of a number that may need more than 64 bits
DIGITS = bytes.maketrans(b"123456789", b"000000000")
_dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encode(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return _dumps(value).encode()


def decode(raw: bytes) -> Any:
    """ValueError for what is no JSON."""
    try:
        return json.loads(raw) if LONG in raw.translate(DIGITS) else orjson.loads(raw)
    except ValueError:
        return json.loads(raw)
