"""Values of data files: what is missing, what was widened, and what is no text."""

import datetime
import json
import struct
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.data.values import is_nested, plain, text


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (float("nan"), None), (float("inf"), None), (float("-inf"), None), (Decimal("NaN"), None),
        ([1.5, float("nan")], [1.5, None]), ({"a": float("inf")}, {"a": None}),
        (0.10000000149011612, 0.1), (0.30000001192092896, 0.3), (1234.56005859375, 1234.56),
        (-3.140000104904175, -3.14),
        (3.4028234663852886e38, 3.4028235e38), ([0.20000000298023224], [0.2]),
        (0.1, 0.1), (1 / 3, 1 / 3), (2.0**-20, 2.0**-20), (0.000244140625, 0.000244140625),
        (1e300, 1e300), (16777217.0, 16777217.0),
        (np.float32(0.1), 0.1), (np.int64(3), 3), (np.array([1, 2]), [1, 2]),
        ("half \ud83d", "half \ufffd"), ("whole \U0001f600", "whole \U0001f600"),
        ({"k\udc4d": ["\ud83d\ude00"]}, {"k\ufffd": ["\ufffd\ufffd"]}),
        (Decimal("1.10"), "1.10"), (Decimal("1E+2"), "100"), (datetime.date(2020, 2, 1), "2020-02-01"),
        (b"bytes", "bytes"), (b"\xff", None), (object(), None), (("a", 1), ["a", 1]), (True, True), (None, None),
    ],
)  # fmt: skip
def test_values_are_those_of_json(value: Any, read: Any) -> None:
    assert plain(value) == read and type(plain(value)) is type(read)
    json.dumps(plain(value), allow_nan=False).encode()


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_keeps_its_32_bits(value: float) -> None:
    assert struct.pack("f", plain(value)) == struct.pack("f", value)
    assert len(repr(plain(value))) <= len(repr(value))


@given(st.decimals(-1000, 1000, places=3))
def test_a_decimal_that_was_widened_is_found_again(value: Decimal) -> None:
    (widened,) = struct.unpack("f", struct.pack("f", float(value)))
    assert plain(widened) == float(value)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_other_numbers_are_left_alone(value: float) -> None:
    try:
        narrow = struct.unpack("f", struct.pack("f", value))[0] == value
    except OverflowError:
        narrow = False
    if not narrow:
        assert plain(value) == value


@pytest.mark.parametrize(
    ("value", "said", "nested"),
    [
        ("a", "a", False), (4, "4", False), (4.0, "4.0", False), (True, "true", False), ([], "", False),
        (["a", 2, None, False], "a\n2\nfalse", False), ({"sum": 4}, '{"sum": 4}', True),
        ([{"é": "x"}], '[{"é": "x"}]', True), ([["a"], "b"], '[["a"], "b"]', True),
    ],
)  # fmt: skip
def test_text_is_never_pythons_notation(value: Any, said: str, nested: bool) -> None:
    assert (text(value), is_nested(value)) == (said, nested)
