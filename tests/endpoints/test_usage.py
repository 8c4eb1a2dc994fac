"""Tokens of a reply: the server's count where it is one, by length where it is none."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.endpoints.usage import MOST, counted, counted_thought

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


@pytest.mark.parametrize(
    ("usage", "thought"),
    [
        ({"completion_tokens_details": {"reasoning_tokens": 7}}, 7),
        ({"output_tokens_details": {"reasoning_tokens": 7.0}}, 7),
        ({"reasoning_tokens": "7"}, 7),
        ({"completion_tokens_details": {"reasoning_tokens": 99}}, 10),  # no more than there are
        ({"completion_tokens_details": {"reasoning_tokens": 0}}, 5),  # it shows one all the same
        ({"completion_tokens_details": None}, 5),
        ({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 17}, 7),
        ({"prompt_tokens": 7, "completion_tokens": 10, "total_tokens": 17}, 5),
        ({"prompt_tokens": 7, "completion_tokens": 0}, 5),
        ({}, 5),
    ],
)
def test_thoughts_are_counted_or_guessed_by_their_share(usage: dict[str, Any], thought: int) -> None:
    assert counted_thought(usage, 10, "x" * 8, "y" * 8) == thought
    assert counted_thought({"completion_tokens_details": {"reasoning_tokens": 0}}, 10, "", "y") == 0


def test_thoughts_that_are_counted_beside_the_answer_are_paid_too() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "completion_tokens_details": {"reasoning_tokens": 20}}
    assert counted(usage, "x", BODY) == (7, 23)


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
