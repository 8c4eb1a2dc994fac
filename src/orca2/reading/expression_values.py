"""The value of a formula: exact where it is a fraction, else a double or a complex number.

Two formulas with letters in them are equal if they are at points drawn once and for all: a difference of analytic
functions that is zero at several such points is zero.
"""

import cmath
import math
import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache

from orca2.reading.expression_terms import Node

Number = Fraction | float | complex

CLOSE = 1e-9  # relative difference of two values that are the same
_ZERO = 1e-12  # what a sum that is exactly zero may come to in doubles
_POINTS = 16  # points that are tried
_ENOUGH = 5  # of them, that both formulas are real at
_BITS = 20_000  # bits of an exact power
_DIGITS = 6  # of a decimal that stands for a value without end
_FACTORIAL = 170  # the largest whose value is a double


class NoValue(ArithmeticError):
    """The formula is no number, or none at this point."""


@lru_cache(maxsize=4096)
def exact(node: Node) -> Fraction | None:
    """The value of a formula that is a fraction in so many words, without letters, roots or pi; None for another.

    >>> from orca2.reading.expressions import parse
    >>> exact(parse(r"7 \\times 10^4")), exact(parse(r"3\\sqrt5"))
    (Fraction(70000, 1), None)
    """
    try:
        found = value(node, {})
    except (ArithmeticError, ValueError, TypeError):
        return None
    return found if isinstance(found, Fraction) else None


def value(node: Node, at: Mapping[str, Number]) -> Number:
    """The value of a formula where its names have these values; raises an `ArithmeticError` where it has none."""
    if node.op == "number":
        return node.value
    if node.op == "name":
        return _name(node.name, at)
    rule = _RULES.get(node.op)
    if rule is None:
        raise NoValue(node.op)
    return rule(node, [value(part, at) for part in node.parts])


@lru_cache(maxsize=4096)
def names(node: Node) -> frozenset[str]:
    """The names that stand for unknown values in a formula."""
    if node.op == "name":
        return frozenset() if node.name in _CONSTANTS else frozenset((node.name,))
    return frozenset().union(*map(names, node.parts))


def same_value(left: Node, right: Node) -> bool | None:
    """Whether two formulas have the same value wherever both have one; None if no such place was found."""
    first, second = exact(left), exact(right)
    if first is not None and second is not None:
        return first == second
    used = names(left) | names(right)
    imaginary = "i" in _letters(left) | _letters(right)
    agreed = 0
    complex_pairs = []
    for at in points(tuple(sorted(used))) if used else ({},):
        try:
            pair = value(left, at), value(right, at)
        except (ArithmeticError, ValueError, TypeError):
            continue
        if not all(map(finite, pair)):
            continue
        if not imaginary and not all(map(real, pair)):
            complex_pairs.append(pair)
            continue
        if not close(*pair):
            return False
        agreed += 1
        if agreed == _ENOUGH:
            return True
    if agreed:
        return True
    return all(close(*pair) for pair in complex_pairs) if complex_pairs else None


def close(left: Number, right: Number) -> bool:
    """Whether two values are the same but for rounding."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    try:
        left, right = complex(left), complex(right)
    except OverflowError:
        return left == right
    scale = max(abs(left), abs(right))
    return abs(left - right) <= (CLOSE * scale if min(abs(left), abs(right)) > 0 else _ZERO)


def real(number: Number) -> bool:
    """Whether a value lies on the real line, but for rounding."""
    return not isinstance(number, complex) or abs(number.imag) <= CLOSE * abs(number)


def finite(number: Number) -> bool:
    return isinstance(number, Fraction) or cmath.isfinite(number)


def points(used: tuple[str, ...]) -> Iterator[dict[str, Number]]:
    """Values for names: small and positive, of both signs, then larger ones."""
    for index in range(_POINTS):
        yield {name: _coordinate(name, index) for name in used}


@cache
def _coordinate(name: str, index: int) -> float:
    rng = random.Random(f"{index} {name}")
    if index % 4 == 3:
        return rng.uniform(0.05, 0.95)
    if index < 8:
        return rng.uniform(1.05, 3.2) * (-1 if index % 2 and rng.random() < 0.7 else 1)
    return rng.uniform(4, 60) * (-1 if index % 2 and rng.random() < 0.7 else 1)


_CONSTANTS: dict[str, Number] = {"e": math.e, "i": 1j}


def _name(name: str, at: Mapping[str, Number]) -> Number:
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if name not in at:
        raise NoValue(name)
    return at[name]


@lru_cache(maxsize=4096)
def _letters(node: Node) -> frozenset[str]:
    return frozenset((node.name,) if node.op == "name" else ()).union(*map(_letters, node.parts))


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        size = max(base.numerator.bit_length(), base.denominator.bit_length()) * abs(exponent.numerator)
        if size <= _BITS:
            return base**exponent.numerator
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and (rooted := _exact_root(base, exponent)):
        return rooted
    if isinstance(exponent, Fraction) and exponent.denominator == 1 and isinstance(base, complex):
        return complex(base) ** int(exponent)
    found: Number = _plain(base) ** _plain(exponent)
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


def _plain(number: Number) -> float | complex:
    return float(number) if isinstance(number, Fraction) else number


def _root(node: Node, parts: list[Number]) -> Number:
    base, index = parts
    if not isinstance(index, Fraction) or not index:
        return _power(base, 1 / index)
    if real(base) and index.denominator == 1 and index.numerator % 2 and (low := _plain(base).real) < 0:
        return -_power(-base if isinstance(base, Fraction) else -low, 1 / index)
    return _power(base, 1 / index) if base else Fraction(0)


def _call(node: Node, parts: list[Number]) -> Number:
    inner = parts[0]
    if node.name == "abs":
        return abs(inner)
    if node.name in ("floor", "ceil"):
        if not real(inner):
            raise NoValue(node.name)
        low = inner if isinstance(inner, Fraction) else _plain(inner).real
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
    found = _FUNCTIONS[node.name](_plain(inner))
    return found.real if real(found) and not isinstance(inner, complex) else found


def _logarithm(inner: Number, base: Number) -> Number:
    if isinstance(inner, Fraction) and isinstance(base, Fraction) and inner > 0 and base > 1:
        near = round(math.log(inner) / math.log(base)) if inner.numerator.bit_length() < 900 else 0
        if abs(near) < 900 and base**near == inner:
            return Fraction(near)
    found = cmath.log(_plain(inner)) / cmath.log(_plain(base))
    return found.real if real(found) and not isinstance(inner, complex) else found


def _factorial(number: Number) -> Number:
    if isinstance(number, Fraction) and number.denominator == 1 and 0 <= number <= 2_000:
        return Fraction(math.factorial(number.numerator))
    if not real(number) or abs(number) > _FACTORIAL:
        raise NoValue("factorial")
    return math.gamma(_plain(number).real + 1)


def _sum(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction) and isinstance(right, Fraction)
    return left + right if both else _plain(left) + _plain(right)


def _product(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction | int) and isinstance(right, Fraction | int)
    return left * right if both else _plain(left) * _plain(right)


def _divide(left: Number, right: Number) -> Number:
    both = isinstance(left, Fraction) and isinstance(right, Fraction)
    return left / right if both else _plain(left) / _plain(right)


def _applied(node: Node, parts: list[Number]) -> Number:
    """An unknown function, as one that treats no two arguments alike."""
    seed = _coordinate(node.name, 0)
    return sum(cmath.sin((index + 1) * complex(part) + seed) for index, part in enumerate(parts))


def _ratio(node: Node, parts: list[Number]) -> Number:
    if len(parts) != 2:
        raise NoValue("a ratio of three")
    return _divide(parts[0], parts[1])


_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "ln": cmath.log, "sinh": cmath.sinh, "cosh": cmath.cosh,
    "tanh": cmath.tanh, "arcsin": cmath.asin, "arccos": cmath.acos, "arctan": cmath.atan,
    "sec": lambda z: 1 / cmath.cos(z), "csc": lambda z: 1 / cmath.sin(z), "cot": lambda z: 1 / cmath.tan(z),
}  # fmt: skip
_RULES: dict[str, Callable[[Node, list[Number]], Number]] = {
    "+": lambda node, parts: _sum(*parts),
    "-": lambda node, parts: -parts[0],
    "*": lambda node, parts: _product(*parts),
    "/": lambda node, parts: _divide(*parts),
    "^": lambda node, parts: _power(*parts),
    "root": _root,
    "call": _call,
    "applied": _applied,
    "pi": lambda node, parts: math.pi,
    "degrees": lambda node, parts: _product(parts[0], math.pi / 180),
    "based": lambda node, parts: Fraction(int(node.name, int(node.value))),
    "ratio": _ratio,
}


def rounded(gold: Node, answer: Node) -> bool:
    """Whether an answer is a long decimal that is right to its last digit, where the gold value has no end."""
    negative = answer.op == "-"
    digits = (answer.parts[0] if negative else answer).name
    if (answer.parts[0] if negative else answer).op != "number" or "." not in digits or "e" in digits.lower():
        return False
    places = len(digits) - digits.index(".") - 1
    if len(digits.replace(".", "").lstrip("0")) < _DIGITS or names(gold):
        return False
    whole = exact(gold)
    if whole is not None and (whole * 10**60).denominator == 1:
        return False
    try:
        found = value(gold, {})
    except (ArithmeticError, ValueError, TypeError):
        return False
    said = value(answer, {})
    return real(found) and abs(_plain(found).real - float(_plain(said).real)) <= 1.01 * 10.0**-places
