"""Digits with points, commas, blanks and apostrophes, and the texts that show which mark is the decimal one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.numerals import comma_decimal, comma_shown, literal, plain


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_a_number_is_read_in_each_dress(whole: int, cents: int) -> None:
    value = Fraction(whole) + Fraction(cents, 100)
    grouped = f"{whole:,}"
    for group, mark in ((",", "."), (".", ","), ("'", "."), (" ", ","), ("\u202f", ",")):
        text = plain(f"{grouped.replace(',', group)}{mark}{cents:02}")
        found = literal(text)
        assert found is not None and found.value == value and found.other is None, text


@pytest.mark.parametrize(
    ("text", "value", "other"),
    [
        ("1.234", "1.234", "1234"),
        ("1,234", "1234", "1.234"),
        ("0,125", "0.125", None),
        ("1234,567", "1234.567", None),
        ("1.234.567", "1234567", None),
        ("1,00,000", "100000", None),
        ("1,23,456.78", "123456.78", None),
        ("12,5", "12.5", None),
        (".5", "0.5", None),
    ],
)
def test_marks(text: str, value: str, other: str | None) -> None:
    found = literal(text)
    assert found is not None and found.value == Fraction(value)
    assert found.other == (Fraction(other) if other else None)


@pytest.mark.parametrize("text", ["1,2,3", "3.14.15", "1,234,56", "1'23", "9" * 401])
def test_no_one_number(text: str) -> None:
    assert literal(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 345 678", "12345678"),
        ("2 100 apples", "2100 apples"),
        ("9 000 + 3 500", "9000 + 3500"),
        ("٢٬٥٠٠", "2,500"),
        ("१२", "12"),
        ("１２", "12"),
        ("𝟒𝟐", "42"),
        ("10⁻³", "10^-3"),
        ("3½", "3 1/2"),
        ("1302₅", "1302_5"),
        (r"70,\!000", "70,000"),
        (r"\frac12", "1/2"),
        (r"\frac{1}2", "1/2"),
        (r"2\dfrac{1}{2}", "2 1/2"),
        (r"0.1\overline{6}", "1/6"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_which_mark_is_the_decimal_one() -> None:
    assert comma_shown("Das sind 1.250,50 Euro") and comma_shown("0,5 l") and not comma_shown("1,250.50")
    assert comma_shown("1.234") is None and comma_shown("the points (1,2)") is None
    assert comma_decimal("Die Antwort ist 1.234") and not comma_decimal("The answer is 1.234")
    assert not comma_decimal("The price is 1.25 dollars", "Wie viel ist das?")
