"""The value of a formula: exact where it is a fraction, else a double or a complex number.

Two formulas with letters in them are equal if they are at points drawn once and for all: a difference of analytic
functions that is zero at several such points is zero.
"""

import cmath
import math
import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache

from orca2.reading.expression_functions import CLOSE, RULES, NoValue, Number, plain, real
from orca2.reading.expression_terms import Node

_CLOSEST = 1e-11  # relative difference of two constants that are the same
_ZERO = 1e-12  # what a sum that is exactly zero may come to in doubles
_POINTS = 18  # points that are tried
_ENOUGH = 6  # of them, that both formulas are real at
_SIGNS = "+-*0++-*0+*-++--**"  # of the coordinates of each: 0 is a part of one, * is of either sign by name
_NEAR = 9  # points of small coordinates; those of the rest are larger
_DIGITS = 6  # of a decimal that stands for a value without end
_CONSTANTS: dict[str, Number] = {"e": math.e, "i": 1j, "I": 1j}


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
        known = _CONSTANTS.get(node.name) or at.get(node.name)
        if known is None:
            raise NoValue(node.name)
        return known
    parts = [value(part, at) for part in node.parts]
    if node.op == "applied":
        return _applied(node.name, parts)
    rule = RULES.get(node.op)
    if rule is None:
        raise NoValue(node.op)
    return rule(node, parts)


def names(node: Node) -> frozenset[str]:
    """The names that stand for unknown values in a formula."""
    return frozenset(_letters(node)) - _CONSTANTS.keys()


def same_value(left: Node, right: Node) -> bool | None:
    """Whether two formulas have the same value wherever both have one; None if no such place was found."""
    first, second = exact(left), exact(right)
    if first is not None and second is not None:
        return first == second
    letters = _letters(left) | _letters(right)
    used = tuple(sorted(letters - _CONSTANTS.keys()))
    imaginary = bool(letters & {"i", "I"})
    agreed = 0
    complex_pairs = []
    for at in points(used) if used else ({},):
        try:
            pair = value(left, at), value(right, at)
        except (ArithmeticError, ValueError, TypeError):
            continue
        if not all(map(finite, pair)):
            continue
        if not imaginary and not all(map(real, pair)):
            complex_pairs.append(pair)
            continue
        if not close(*pair, within=CLOSE if used else _CLOSEST):
            return False
        agreed += 1
        if agreed == _ENOUGH:
            return True
    if agreed:
        return True
    return all(close(*pair) for pair in complex_pairs) if complex_pairs else None


def close(left: Number, right: Number, within: float = CLOSE) -> bool:
    """Whether two values are the same but for rounding."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    try:
        left, right = complex(left), complex(right)
    except OverflowError:
        return left == right
    scale = max(abs(left), abs(right))
    return abs(left - right) <= (within * scale if min(abs(left), abs(right)) > 0 else _ZERO)


def finite(number: Number) -> bool:
    """Whether a value is neither infinite nor undefined."""
    return isinstance(number, Fraction) or cmath.isfinite(number)


def points(used: tuple[str, ...]) -> Iterator[dict[str, Number]]:
    """Values for names: small ones of both signs, then larger ones."""
    for index in range(_POINTS):
        yield {name: _coordinate(name, index) for name in used}


@cache
def _coordinate(name: str, index: int) -> float:
    rng = random.Random(f"{index} {name}")
    sign = _SIGNS[index] if _SIGNS[index] != "*" else rng.choice("+-")
    size = rng.uniform(0.05, 0.95) if sign == "0" else rng.uniform(*((1.05, 3.2) if index < _NEAR else (4.0, 60.0)))
    return -size if sign == "-" else size


def _applied(name: str, parts: list[Number]) -> Number:
    """An unknown function, as one that treats no two arguments alike."""
    seed = _coordinate(name, 0)
    return sum(cmath.sin((index + 1) * complex(part) + seed) for index, part in enumerate(parts))


def _letters(node: Node) -> set[str]:
    found = {node.name} if node.op == "name" else set()
    return found.union(*map(_letters, node.parts))


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
    return real(found) and abs(plain(found).real - float(plain(said).real)) <= 1.01 * 10.0**-places
