"""Bodies of requests and replies: whatever a text holds goes over the wire and comes back."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orca2.core.types import Message, Request
from orca2.endpoints.json_codec import decode, encode
from orca2.models.openai import load

TEXT = st.text(st.characters(), max_size=40)  # halves of surrogate pairs among them


@given(st.recursive(TEXT | st.integers() | st.booleans() | st.none(), lambda v: st.lists(v) | st.dictionaries(TEXT, v)))
@example(-(2**63) - 1)
@example([2**64])
def test_what_is_encoded_comes_back_and_always_as_the_same_bytes(value: Any) -> None:
    assert decode(encode(value)) == value == json.loads(encode(value))
    assert encode(value) == encode(json.loads(json.dumps(value)))


@pytest.mark.parametrize("raw", [b"", b"{", b"<html>", b'{"a": "\xff"}'])
def test_no_json_is_a_value_error(raw: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the words are the library's)
        decode(raw)


def test_half_a_pair_that_a_server_escapes_is_read() -> None:
    assert decode(b'{"a": "\\ud83d"}') == {"a": "\ud83d"}


@given(TEXT, TEXT)
def test_two_bodies_are_equal_only_if_the_requests_are(first: str, second: str) -> None:
    model = load("m", "http://localhost/v1")
    bodies = [model.serialize(Request((Message("user", text),), 9)) for text in (f"q{first}", f"q{second}")]
    assert (bodies[0] == bodies[1]) == (first == second)
    assert json.loads(bodies[0])["messages"][0]["content"] == f"q{first}"
