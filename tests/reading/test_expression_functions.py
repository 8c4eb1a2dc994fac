"""Values of formulas: exact while they are fractions, doubles after that, and none where there is none."""

import math
from fractions import Fraction

import pytest

from orca2.reading.expression_functions import NoValue, plain, real
from orca2.reading.expression_values import value
from orca2.reading.expressions import parse


def worth(text: str) -> object:
    node = parse(text)
    assert node is not None, text
    return value(node, {})


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("1/3 + 1/6", Fraction(1, 2)),
        ("2^{-3}", Fraction(1, 8)),
        (r"\sqrt{49}", Fraction(7)),
        (r"\sqrt[3]{27}", Fraction(3)),
        ("5!", Fraction(120)),
        (r"\binom{5}{2}", Fraction(10)),
        (r"\log_2 8", Fraction(3)),
        ("|-3|", Fraction(3)),
        (r"\lfloor 2.7 \rfloor", Fraction(2)),
        (r"\lceil 2.2 \rceil", Fraction(3)),
        ("101_2", Fraction(5)),
        (r"\sin 0", Fraction(0)),
    ],
)
def test_what_is_exact_stays_so(text: str, exact: Fraction) -> None:
    found = worth(text)
    assert isinstance(found, Fraction) and found == exact


@pytest.mark.parametrize(
    ("text", "near"),
    [(r"\pi", math.pi), (r"\sin(\pi/6)", 0.5), (r"\ln 10", math.log(10)), (r"\sqrt{2}", math.sqrt(2)),
     (r"\tan 45^\circ", 1.0), (r"\arctan 1", math.pi / 4), ("e^2", math.e**2)],
)  # fmt: skip
def test_what_is_not_is_a_double(text: str, near: float) -> None:
    found = worth(text)
    assert real(found) and plain(found).real == pytest.approx(near)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["1/0", "(-1)!", "(10^9)!"])
def test_what_has_no_value_says_so(text: str) -> None:
    with pytest.raises((ArithmeticError, ValueError)):
        worth(text)


def test_a_root_of_a_negative_number_is_not_real() -> None:
    found = worth(r"\sqrt{-4}")
    assert not real(found) and plain(found) == pytest.approx(2j)  # type: ignore[arg-type]
    assert issubclass(NoValue, ArithmeticError)
