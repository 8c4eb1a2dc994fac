"""Whether two numbers are the same, as precisely as the gold one is written: tails of floats are no difference."""

import struct
from fractions import Fraction

_FLOAT_DIGITS = 12  # significant digits from which on a decimal is taken for what a computer printed
_TAIL = Fraction(1, 10**9)  # relative difference of two such decimals that is no difference
_SIMPLE = 12  # largest denominator of a fraction that both may be roundings of
_ENOUGH = 6  # decimals that stand for a fraction without end
_THIRDS, _SHORT = 6, 3  # that of one that so few decimals tell: 9.111 need not be 82/9


def same_number(gold: Fraction, written: str, answer: Fraction, said: str) -> bool:
    """Whether an answer is the gold number; `written` and `said` are their digits as they stood.

    >>> same_number(Fraction("0.10000000149011612"), "0.10000000149011612", Fraction("0.1"), "0.1")
    True
    >>> same_number(Fraction("0.33"), "0.33", Fraction("0.333"), "0.333")
    True
    >>> same_number(Fraction(33), "33", Fraction("33.3"), "33.3")
    False
    """
    if gold == answer:
        return True
    places, digits = _places(written)
    if digits >= _FLOAT_DIGITS and (_near(gold, answer) or _float32(answer) == float(gold)):
        return True
    said_places, said_digits = _places(said)
    if said_digits >= _FLOAT_DIGITS and _near(gold, answer):
        return True
    if said_places >= _ENOUGH and not _ends(gold):
        return abs(gold - answer) < Fraction(1, 10**said_places)
    # both are one fraction that no decimal meets, rounded: 3.33 and 3.333, 0.67 and 2/3
    if places < 2 or (said_places < places and answer.denominator > _SIMPLE):
        return False
    simple = answer.limit_denominator(_SIMPLE if said_places > _SHORT or answer.denominator <= _SIMPLE else _THIRDS)
    if _ends(simple):
        return False
    return _rounds(simple, gold, places) and abs(simple - answer) < Fraction(1, 10**said_places)


def _ends(value: Fraction) -> bool:
    """Whether a fraction is a decimal that ends."""
    below = value.denominator
    for prime in (2, 5):
        while below % prime == 0:
            below //= prime
    return below == 1


def _places(text: str) -> tuple[int, int]:
    """How many decimals a number is written with, and how many digits in all, leading zeros left out."""
    digits = text.strip("-+").replace(",", "")
    whole, point, decimals = digits.partition(".")
    if not point or not (whole or "0").isdigit() or not decimals.isdigit():
        return 0, 0
    return len(decimals), len((whole + decimals).lstrip("0"))


def _near(left: Fraction, right: Fraction) -> bool:
    return abs(left - right) <= abs(left) * _TAIL


def _float32(value: Fraction) -> float | None:
    try:
        narrow: float = struct.unpack("f", struct.pack("f", float(value)))[0]
    except OverflowError:
        return None
    return narrow


def _rounds(value: Fraction, to: Fraction, places: int) -> bool:
    """Whether a value is `to` when it is rounded to so many decimals."""
    return abs(value - to) * 2 <= Fraction(1, 10**places)
