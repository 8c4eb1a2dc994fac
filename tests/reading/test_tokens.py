"""A statement taken apart: kinds, places, and nothing past its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.tokens import Statement, tokens


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("$5", ["money", "number"]),
        ("at 3:30", ["word", "clock"]),
        ("x = 2", ["word", "equals", "number"]),
        ("(1 + 2)", ["open", "number", "operator", "number", "close"]),
        (r"\frac{1}{2}", ["command", "open", "number", "close", "open", "number", "close"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(text)] == kinds


@given(st.text(max_size=60))
def test_tokens_stand_where_they_say_and_in_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        assert token.text in (text[token.start : token.end], text[token.start : token.end].lower())
        end = token.end


def test_past_either_end_there_is_nothing() -> None:
    said = Statement("So X = 5")
    assert said.kind(-1) == said.kind(-2) == said.kind(len(said)) == ""
    assert (said.said(1), said.written(1)) == ("x", "X")
    assert Statement("5%").attached(1) and not Statement("5 %").attached(1)
