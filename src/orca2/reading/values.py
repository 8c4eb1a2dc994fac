"""What a part of a statement is worth, and what comes of two such values."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from orca2.reading.measures import Unit

_BITS = 4_000  # of a power that is worked out


class Value(NamedTuple):
    """A value, read up to the token `end`; `value` is None for a term that is no plain number, such as 5x or √5.

    `other` is the value under a decimal comma where the numeral may be read both ways, `low` the lower end of a range,
    `parts` the units of "2 hours 30 minutes". `worked`: an operation gave it; `broken`: it breaks off; `plain`: digits.
    """

    value: Fraction | None
    end: int
    other: Fraction | None = None
    low: Fraction | None = None
    percent: bool = False
    unit: Unit | None = None
    parts: tuple[Unit, ...] = ()
    ordinal: bool = False
    worked: bool = False
    broken: bool = False
    plain: bool = False


def combined(left: Value, right: Value, work: Callable[[Fraction, Fraction], Fraction | None]) -> Value:
    """The result of an operation on two values; per cents are hundredths."""
    value = None
    if left.value is not None and right.value is not None:
        value = work(_in_ones(left), _in_ones(right))
    unit = left.unit if left.unit == right.unit or right.unit is None else right.unit if left.unit is None else None
    return Value(value, right.end, unit=unit, worked=True, broken=right.broken)


def negated(value: Value) -> Value:
    """The same value below zero."""
    other = -value.other if value.other is not None else None
    return value._replace(value=-value.value if value.value is not None else None, other=other)


def scaled(value: Value, by: int | Fraction, end: int) -> Value:
    """A value times a scale, such as thousand."""
    other = value.other * by if value.other is not None else None
    return value._replace(
        value=value.value * by if value.value is not None else None, other=other, end=end, plain=False
    )


def product(left: Fraction, right: Fraction) -> Fraction | None:
    """None where it would be absurdly large."""
    small = left.numerator.bit_length() + right.numerator.bit_length() < _BITS
    return left * right if small and left.denominator.bit_length() + right.denominator.bit_length() < _BITS else None


def quotient(left: Fraction, right: Fraction) -> Fraction | None:
    """None of a division by zero."""
    return product(left, 1 / right) if right else None


def power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """None where the exponent is no whole number or the result would be absurdly large."""
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if exponent.denominator != 1 or abs(exponent) * bits > _BITS or (base == 0 and exponent < 0):
        return None
    return Fraction(base) ** int(exponent)


def root(value: Fraction) -> Fraction | None:
    """The square root of a square, None of another number."""
    if value < 0:
        return None
    above, below = math.isqrt(value.numerator), math.isqrt(value.denominator)
    return Fraction(above, below) if above**2 == value.numerator and below**2 == value.denominator else None


def chosen(above: Fraction, below: Fraction) -> Fraction | None:
    """A binomial coefficient."""
    if above.denominator != 1 or below.denominator != 1 or not 0 <= below <= above <= 500:
        return None
    return Fraction(math.comb(int(above), int(below)))


def factorial(value: Fraction) -> Fraction | None:
    """None of what has none, or too large a one."""
    return Fraction(math.factorial(int(value))) if value.denominator == 1 and 0 <= value <= 100 else None


def _in_ones(value: Value) -> Fraction:
    number = value.value if value.value is not None else Fraction(0)
    return number / 100 if value.percent else number
