"""Arithmetic of formulas, exact for fractions as long as it can be, and the functions that formulas call."""

import cmath
import math
from collections.abc import Callable
from fractions import Fraction

from orca2.reading.expression_terms import Node

Number = Fraction | float | complex

CLOSE = 1e-9  # relative difference of two values that are the same
_BITS = 20_000  # bits of an exact power
_FACTORIAL = 170  # the largest whose value is a double


class NoValue(ArithmeticError):
    """The formula is no number, or none at this point."""


def real(number: Number) -> bool:
    """Whether a value lies on the real line, but for rounding."""
    return not isinstance(number, complex) or abs(number.imag) <= CLOSE * abs(number)


def plain(number: Number) -> float | complex:
    """A value as a double, or two."""
    return float(number) if isinstance(number, Fraction) else number


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        size = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent.numerator)
        if size <= _BITS:
            return base**exponent.numerator
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and (rooted := _exact_root(base, exponent)):
        return rooted
    if isinstance(exponent, Fraction) and exponent.denominator == 1 and isinstance(base, complex):
        return complex(base) ** int(exponent)
    found: Number = plain(base) ** plain(exponent)
    return found


def _exact_root(base: Fraction, exponent: Fraction) -> Fraction | None:
    """A power with a fraction above, where it comes to a fraction: 8^(2/3) is 4."""
    if base <= 0 or exponent.denominator > 12 or abs(exponent.numerator) > 64 or base.numerator.bit_length() > 256:
        return None
    above, below = (_whole_root(part, exponent.denominator) for part in (base.numerator, base.denominator))
    return Fraction(above, below) ** exponent.numerator if above and below else None


def _whole_root(number: int, index: int) -> int | None:
    near = math.isqrt(number) if index == 2 else round(number ** (1 / index))
    return next((root for root in (near, near + 1) if root**index == number), None)


def _root(node: Node, parts: list[Number]) -> Number:
    base, index = parts
    if not isinstance(index, Fraction) or not index:
        return _power(base, 1 / index)
    if real(base) and index.denominator == 1 and index.numerator % 2 and (low := plain(base).real) < 0:
        return -_power(-base if isinstance(base, Fraction) else -low, 1 / index)
    return _power(base, 1 / index) if base else Fraction(0)


def _call(node: Node, parts: list[Number]) -> Number:
    inner = parts[0]
    if node.name == "abs":
        return abs(inner) if isinstance(inner, Fraction) else abs(plain(inner))
    if node.name in ("floor", "ceil"):
        if not real(inner):
            raise NoValue(node.name)
        low = inner if isinstance(inner, Fraction) else plain(inner).real
        return Fraction(math.floor(low) if node.name == "floor" else math.ceil(low))
    if node.name == "factorial":
        return _factorial(inner)
    if node.name == "binomial":
        return _divide(
            _factorial(inner), _product(_factorial(parts[1]), _factorial(_sum(inner, _product(-1, parts[1]))))
        )
    if node.name in ("log", "lg"):
        base = parts[1] if len(parts) == 2 else Fraction(10)
        return _logarithm(inner, base)
    if node.name == "exp":
        return cmath.exp(inner) if isinstance(inner, complex) else math.exp(inner)
    if inner == 0 and node.name in ("sin", "tan", "arcsin", "arctan", "sinh", "tanh"):
        return Fraction(0)
    found = _FUNCTIONS[node.name](plain(inner))
    return found.real if real(found) and not isinstance(inner, complex) else found


def _logarithm(inner: Number, base: Number) -> Number:
    if isinstance(inner, Fraction) and isinstance(base, Fraction) and inner > 0 and base > 1:
        near = round(math.log(inner) / math.log(base)) if inner.numerator.bit_length() < 900 else 0
        if abs(near) < 900 and base**near == inner:
            return Fraction(near)
    found = cmath.log(plain(inner)) / cmath.log(plain(base))
    return found.real if real(found) and not isinstance(inner, complex) else found


def _factorial(number: Number) -> Number:
    if isinstance(number, Fraction) and number.denominator == 1 and 0 <= number <= 2_000:
        return Fraction(math.factorial(number.numerator))
    if not real(number) or abs(plain(number)) > _FACTORIAL:
        raise NoValue("factorial")
    return math.gamma(plain(number).real + 1)


def _sum(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction) and isinstance(right, Fraction)
    return left + right if both else plain(left) + plain(right)


def _product(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction | int) and isinstance(right, Fraction | int)
    return left * right if both else plain(left) * plain(right)


def _divide(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction) and isinstance(right, Fraction)
    return left / right if both else plain(left) / plain(right)


def _ratio(node: Node, parts: list[Number]) -> Number:
    if len(parts) != 2:
        raise NoValue("a ratio of three")
    return _divide(parts[0], parts[1])


_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "ln": cmath.log, "sinh": cmath.sinh, "cosh": cmath.cosh,
    "tanh": cmath.tanh, "arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan,
    "sec": lambda z: 1 / cmath.cos(z), "csc": lambda z: 1 / cmath.sin(z), "cot": lambda z: 1 / cmath.tan(z),
}  # fmt: skip
RULES: dict[str, Callable[[Node, list[Number]], Number]] = {
    "+": lambda node, parts: _sum(*parts),
    "-": lambda node, parts: -parts[0],
    "*": lambda node, parts: _product(*parts),
    "/": lambda node, parts: _divide(*parts),
    "^": lambda node, parts: _power(*parts),
    "root": _root,
    "call": _call,
    "pi": lambda node, parts: math.pi,
    "degrees": lambda node, parts: _product(parts[0], math.pi / 180),
    "based": lambda node, parts: Fraction(int(node.name, int(node.value))),
    "ratio": _ratio,
}
