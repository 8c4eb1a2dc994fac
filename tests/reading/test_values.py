"""What comes of two values: exact, and none where a result would be absurd."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.values import Value, chosen, combined, factorial, negated, power, product, quotient, root, scaled

FRACTIONS = st.fractions(-1000, 1000, max_denominator=50)


@given(FRACTIONS, FRACTIONS)
def test_products_and_quotients_undo_each_other(left: Fraction, right: Fraction) -> None:
    both = product(left, right)
    assert both == left * right
    assert quotient(left * right, right) == (left if right else None)


@given(FRACTIONS)
def test_a_root_is_of_squares_alone(number: Fraction) -> None:
    assert root(number * number) == abs(number)
    assert root(Fraction(2)) is None and root(Fraction(-4)) is None


def test_powers() -> None:
    assert power(Fraction(2), Fraction(10)) == 1024 and power(Fraction(2), Fraction(-1)) == Fraction(1, 2)
    assert power(Fraction(2), Fraction(1, 2)) is None and power(Fraction(10), Fraction(10**6)) is None


@pytest.mark.parametrize(("above", "below", "ways"), [(5, 2, 10), (5, 0, 1), (5, 5, 1)])
def test_binomials(above: int, below: int, ways: int) -> None:
    assert chosen(Fraction(above), Fraction(below)) == ways


def test_factorials() -> None:
    assert factorial(Fraction(5)) == 120
    assert factorial(Fraction(1, 2)) is None and factorial(Fraction(-1)) is None and factorial(Fraction(10**9)) is None


def test_a_per_cent_is_a_hundredth() -> None:
    share, whole = Value(Fraction(20), 2, percent=True), Value(Fraction(50), 4)
    assert combined(share, whole, product).value == 10
    assert combined(whole, Value(None, 5), product).value is None


def test_signs_and_scales() -> None:
    assert negated(Value(Fraction(5), 1)).value == -5
    assert scaled(Value(Fraction(5, 2), 1), 10**6, 2)[:2] == (2_500_000, 2)
