"""Formulas as tokens: LaTeX and what is typed on a keyboard come to the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.expression_tokens import Unreadable, tokens


def meant(formula: str) -> list[tuple[str, str]]:
    """What each token is, and of a number or name which one."""
    return [(kind, text if kind in ("number", "name") else "") for kind, text in tokens(formula)]


@pytest.mark.parametrize(
    ("latex", "typed"),
    [
        (r"$2\sqrt{3}\,$", "2√{3}"),
        (r"x \le 3", "x <= 3"),
        (r"\left(1, 2\right)", "(1, 2)"),
        (r"3 \cdot x", "3*x"),
        (r"14,\!400", "14,400"),
        ("x**2", "x^2"),
    ],
)
def test_two_ways_to_write_a_formula(latex: str, typed: str) -> None:
    assert meant(latex) == meant(typed)


def test_kinds() -> None:
    assert [token.kind for token in tokens(r"2x + \sin y")][:3] == ["number", "name", "+"]
    assert "text" in [token.kind for token in tokens(r"5 \text{ cm}")]


@given(st.text(max_size=40))
def test_a_text_has_tokens_or_is_unreadable(text: str) -> None:
    try:
        found = tokens(text)
    except Unreadable:
        return
    assert all(token.kind for token in found)
