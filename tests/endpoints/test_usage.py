"""Tokens of a reply: the server's count where it is one, by length where it is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.endpoints.usage import MOST, counted

BODY = json.dumps({"messages": [{"role": "user", "content": "x" * 40}], "max_tokens": 50}).encode()


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        ({"prompt_tokens": 7, "completion_tokens": 3}, (7, 3)),
        ({"input_tokens": 7, "output_tokens": 3}, (7, 3)),
        ({"prompt_tokens": "7", "completion_tokens": 3.0}, (7, 3)),
        ({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 30}, (7, 23)),  # thoughts in the total alone
        ({}, (10, 2)),
        ({"prompt_tokens": True, "completion_tokens": -1}, (10, 2)),
        ({"prompt_tokens": MOST + 1, "completion_tokens": None}, (10, 2)),
        ({"prompt_tokens": 7, "completion_tokens": 0}, (7, 2)),  # it said something
    ],
)
def test_counts(usage: dict[str, Any], counts: tuple[int, int]) -> None:
    assert counted(usage, "x" * 8, BODY) == counts


def test_a_length_is_no_more_than_was_allowed() -> None:
    assert counted({}, "x" * 4000, BODY)[1] == 50


@given(
    st.dictionaries(
        st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
    )
)
def test_whatever_a_server_says_both_are_counts(usage: dict[str, Any]) -> None:
    assert all(type(count) is int and 0 <= count <= MOST for count in counted(usage, "some text", BODY))
