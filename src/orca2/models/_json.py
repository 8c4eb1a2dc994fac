"""JSON as it goes over the wire: `orjson`, and the standard library for what only that reads or writes.

That is text with half a surrogate pair, which models write at times, and numbers that are none. Whole numbers beyond 64
bits, which no request or reply of these holds, are read as floats.
"""

import json
from typing import Any

import orjson

_dumps = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encode(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:
        return _dumps(value).encode()


def decode(raw: bytes) -> Any:
    """ValueError for what is no JSON."""
    try:
        return orjson.loads(raw)
    except ValueError:
        return json.loads(raw)
