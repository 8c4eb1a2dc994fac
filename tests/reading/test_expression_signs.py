"""Every sign that may be typed stands for one that LaTeX has, and no name has two meanings."""

import pytest

from orca2.reading import expression_signs as signs
from orca2.reading.expression_tokens import tokens


def meant(formula: str) -> list[tuple[str, str]]:
    """What each token is, and of a number or name which one."""
    return [(kind, text if kind in ("number", "name") else "") for kind, text in tokens(formula)]


@pytest.mark.parametrize(
    ("one", "other"),
    [("≤", r"\le"), ("≥", ">="), ("≠", r"\ne"), ("×", r"\times"), ("÷", r"\div"), ("π", r"\pi"), ("∞", r"\infty"),
     ("∪", r"\cup"), ("−", "-"), ("½", r"\frac12"), ("x²", "x^{2}"), ("a₁", "a_{1}"), ("α", r"\alpha")],
)  # fmt: skip
def test_unicode_means_what_latex_means(one: str, other: str) -> None:
    assert meant(one) == meant(other)


def test_a_name_stands_in_one_table() -> None:
    assert not signs.FUNCTIONS & signs.GREEK and not signs.FUNCTIONS & signs.ALIASES.keys()
    assert set(signs.ALIASES.values()) <= signs.FUNCTIONS
    assert not signs.SIGNS.keys() & signs.DROPPED


def test_raised_and_lowered_digits_are_all_there() -> None:
    assert set("0123456789+-") <= set(signs.RAISED.values()) & set(signs.LOWERED.values())
    assert not signs.RAISED.keys() & signs.LOWERED.keys()
    assert signs.RUNS.findall("x¹²₃") == [("¹²", ""), ("", "₃")]
