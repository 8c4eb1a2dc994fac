"""What is worked out in a statement: sums, products, fractions, powers, roots, in signs, LaTeX or words.

Anything in a term that is not a plain number, such as a letter or pi, makes it a term without a value: it is an answer
too, but never that of the number in it.
"""

from fractions import Fraction

from orca2.reading.amounts import FRACTIONS, FUNCTIONS, ROOTS, SYMBOLS, after_unit, numeral
from orca2.reading.measures import BEFORE, UNITS, table
from orca2.reading.spelled import STARTS
from orca2.reading.tokens import Statement
from orca2.reading.values import Value, chosen, combined, factorial, negated, power, product, quotient, root, scaled

_DEPTH = 6  # brackets within brackets that are read
_TIMES = frozenset(("*", "×", "·", "\\times", "\\cdot", "\\ast"))
_OVER = frozenset(("/", "÷", "\\div"))
_SIGNS = frozenset(table("negative minus moins menos meno минус eksi neg - + ± \\pm"))
_TWICE = {"twice": 2, "double": 2, "thrice": 3, "triple": 3}
_AFTERWARDS = {"doubled": Fraction(2), "tripled": Fraction(3), "halved": Fraction(1, 2)}
_STOPS = frozenset(("", "close", "mark", "equals", "money"))
STARTING = (
    frozenset(("-", "√", "(", "±", "\\sqrt", "\\binom", "sqrt", "square", "π", "pi", "\\pi", "∞", "\\infty", "\\pm"))
    | FRACTIONS | STARTS | BEFORE | _SIGNS | SYMBOLS | FUNCTIONS | set(_TWICE)
)  # fmt: skip


def expression(said: Statement, at: int, depth: int = 0) -> Value | None:
    """A sum of terms that starts at a token, or a range such as 5-7; None if none does."""
    left = _term(said, at, depth)
    while left is not None:
        step = after_unit(said, left.end)
        sign = _sign(said, step)
        if not sign:
            break
        right = _term(said, step + 1, depth)
        if right is None:
            return left if sign == "-" and step + 1 < len(said) else _unfinished(said, left, step + 1)
        if sign == "-" and (between := _range(said, left, step, right)):
            return between
        left = combined(left, right if sign == "+" else negated(right), lambda a, b: a + b)
    return left


def _term(said: Statement, at: int, depth: int) -> Value | None:
    """A product of factors, or a fraction."""
    left = _factor(said, at, depth)
    while left is not None:
        step = left.end if said.said(left.end) == "of" else after_unit(said, left.end)
        sign, start = _operation(said, step, left)
        if not sign:
            right = _implied(said, left, depth)
            if right is None:
                break
            left = combined(left, right, product)
            continue
        right = _factor(said, start, depth)
        if right is None:
            return left if sign == "/" and start < len(said) else _unfinished(said, left, start)
        numeral_goes_on = _goes_on(said, left, right, sign, start)
        left = combined(left, right, product if sign == "*" else quotient)
        if numeral_goes_on:
            left = left._replace(worked=False)
        elif sign == "/" and said.said(start - 3) == "/" and said.attached(start) and said.attached(start - 1):
            left = left._replace(value=None)  # 3/4/2025
    return left


def _goes_on(said: Statement, left: Value, right: Value, sign: str, start: int) -> bool:
    """Whether two factors are one numeral and no work: 3/4 (but not 3 / 4), 7 × 10^4."""
    if sign == "/":
        return left.plain and right.plain and said.attached(start) and start == left.end + 1
    return not left.worked and not right.plain and said.said(start) == "10" and said.said(start + 1) in ("^", "**")


def _unfinished(said: Statement, left: Value, end: int) -> Value:
    """A term whose other side is no number, or is missing."""
    return Value(None, end, worked=True, broken=said.kind(end) in _STOPS or left.broken)


def _factor(said: Statement, at: int, depth: int) -> Value | None:
    text = said.said(at)
    if text in _SIGNS:
        inner = _factor(said, at + 1, depth + 1) if depth < _DEPTH else None
        if inner is None or text == "+":
            return inner
        return inner._replace(value=None, other=None) if text in ("±", "\\pm") else negated(inner)
    if said.kind(at) == "money" or text in BEFORE:
        return _priced(said, at, depth)
    found = _atom(said, at, depth)
    return _powered(said, found, depth) if found else None


def _priced(said: Statement, at: int, depth: int) -> Value | None:
    """A number behind its currency: "$5", "$-5", "Rs. 450"."""
    unit = UNITS.get(said.said(at))
    start = at + 1 + (said.said(at + 1) == ".")
    below = said.said(start) == "-"
    inner = numeral(said, start + below, money=True) or (_atom(said, start, depth) if not below else None)
    if inner is None:
        return None
    inner = _powered(said, negated(inner) if below else inner, depth)
    closed = said.said(inner.end) == "$"  # a dollar sign on either side: a formula
    return inner if closed or inner.unit else inner._replace(unit=unit)


def _atom(said: Statement, at: int, depth: int) -> Value | None:
    """A number, a bracket, a root, a fraction, a function: what a power may be taken of."""
    kind, text = said.kind(at), said.said(at)
    if kind in ("number", "clock") or text in STARTS:
        return numeral(said, at)
    if kind == "open":
        return _bracket(said, at, depth)
    if text in ROOTS:
        return _root(said, at + 1, depth)
    if text == "square" and said.said(at + 1) == "root":
        return _root(said, at + 2 + (said.said(at + 2) == "of"), depth)
    if text in FRACTIONS or text == "\\binom":
        return _fraction(said, at, depth)
    if text in _TWICE and (inner := numeral(said, at + 1)):
        return scaled(inner, _TWICE[text], inner.end)._replace(worked=True)
    if text in SYMBOLS or (text in FUNCTIONS and said.kind(at + 1) in ("number", "open", "command")):
        return Value(None, _past_argument(said, at, depth))
    if kind == "word" and len(text) == 1 and text.isascii() and depth:
        return Value(None, at + 1)  # a letter within a bracket or behind an operator
    return None


def _past_argument(said: Statement, at: int, depth: int) -> int:
    """The token after a symbol, or after a function with its base and argument."""
    if said.said(at).removeprefix("\\") not in FUNCTIONS or depth >= _DEPTH:
        return at + 1
    at += 1
    if said.said(at) in ("_", "^"):
        at = _past_braces(said, at + 1) if said.said(at + 1) == "{" else at + 2
    inner = _factor(said, at, depth + 1)
    return inner.end if inner else at


def _bracket(said: Statement, at: int, depth: int) -> Value | None:
    inner = expression(said, at + 1, depth + 1) if depth < _DEPTH else None
    if inner is None or inner.low is not None:
        return None
    end = after_unit(said, inner.end)
    return inner._replace(end=end + 1, plain=False) if said.kind(end) == "close" else None


def _root(said: Statement, at: int, depth: int) -> Value:
    """A square root: that of a square is a number."""
    inner = _atom(said, at, depth + 1) if depth < _DEPTH and said.said(at) != "[" else None
    if inner is None:
        return Value(None, at + 1)
    return Value(root(inner.value) if inner.value is not None else None, inner.end, worked=True)


def _fraction(said: Statement, at: int, depth: int) -> Value:
    above = _atom(said, at + 1, depth + 1) if depth < _DEPTH else None
    below = _atom(said, above.end, depth + 1) if above else None
    if above is None or below is None:
        return Value(None, _past_braces(said, at + 1))
    if said.said(at) == "\\binom":
        return combined(above, below, chosen)
    return combined(above, below, quotient)._replace(worked=above.worked or below.worked)


def _past_braces(said: Statement, at: int) -> int:
    """The token after the braces of a command that could not be read."""
    depth = 0
    for end in range(at, len(said)):
        depth += (said.said(end) == "{") - (said.said(end) == "}")
        if depth <= 0 and said.said(end + 1) != "{":
            return end + 1
    return len(said)


def _powered(said: Statement, base: Value, depth: int) -> Value:
    """A value with what stands right behind it: a power, a factorial, per cent."""
    at = base.end
    if said.said(at) in ("^", "**") and base.unit is None:
        exponent = _factor(said, at + 1, depth + 1) if depth < _DEPTH else None
        if exponent is None or exponent.value is None or base.value is None:
            return Value(None, exponent.end if exponent else at + 1, worked=base.worked)
        return Value(power(base.value, exponent.value), exponent.end, worked=base.worked)
    if said.said(at) == "!" and base.value is not None and _in_formula(said, at + 1):
        return Value(factorial(base.value), at + 1, worked=True)
    if said.said(at) in _AFTERWARDS and base.plain:
        return scaled(base, _AFTERWARDS[said.said(at)], at + 1)._replace(worked=True)
    if said.said(at) == "%" and not base.percent:
        return base._replace(end=at + 1, percent=True)
    return base


def _in_formula(said: Statement, at: int) -> bool:
    """Whether a formula goes on at a token, so that the mark before it is a factorial and no exclamation."""
    return said.kind(at) in ("operator", "equals", "close") or said.said(at) in _TIMES or said.said(at) in _OVER


def _implied(said: Statement, left: Value, depth: int) -> Value | None:
    """What a value is multiplied with by standing next to it: 7(y+2), 3√5, 4π."""
    at, text = left.end, said.said(left.end)
    if depth >= _DEPTH or left.ordinal:
        return None
    if text in ROOTS or text in SYMBOLS or text in FRACTIONS or (text == "square" and said.said(at + 1) == "root"):
        return _atom(said, at, depth + 1)
    if not said.attached(at):
        return None
    if text == "(":
        if bracket := _bracket(said, at, depth):
            return bracket
        letter = len(said.said(at + 1)) == 1 and said.kind(at + 1) == "word"
        return Value(None, at + 1) if letter and said.kind(at + 2) in ("operator", "close", "command") else None
    if text == "_":  # the base of a number
        return Value(None, min(at + 2, len(said)))
    letter = left.value is None and said.kind(at) == "word" and len(text) == 1 and text.isascii()
    return Value(None, at + 1) if letter else None


def _operation(said: Statement, at: int, left: Value) -> tuple[str, int]:
    """A product "*" or quotient "/" that goes on at a token, and where its other side starts; "" if none does."""
    text, after = said.said(at), said.kind(at + 1)
    if text in _TIMES:
        return "*", at + 1
    if text == ":" and left.plain and said.attached(at) and said.attached(at + 1) and after == "number":
        return "/", at + 1
    if text in _OVER:
        return ("/", at + 1) if after != "word" or said.said(at + 1) in STARTS else ("", at)
    if said.kind(at) != "word":
        return "", at
    if text == "x" and (after in ("number", "money") or said.said(at + 1) == "("):
        return "*", at + 1
    if text == "times" and _begins(said, at + 1):
        return "*", at + 1
    if text in ("multiplied", "divided") and said.said(at + 1) == "by":
        return ("*" if text == "multiplied" else "/"), at + 2
    share = left.percent or (left.value is not None and left.value.denominator > 1 and not left.unit)
    if text == "of" and share and after in ("number", "money"):
        return "*", at + 1
    return "", at


def _begins(said: Statement, at: int) -> bool:
    return said.kind(at) in ("number", "money", "open") or (said.said(at) in STARTS and numeral(said, at) is not None)


def _sign(said: Statement, at: int) -> str:
    """The sign of a sum that goes on at a token: "+" or "-"; "" if none does, as at the hyphen of "a 5-year plan"."""
    text = said.said(at)
    if said.kind(at) == "word":
        return {"plus": "+", "minus": "-"}.get(text, "") if _begins(said, at + 1) else ""
    if text == "-" and said.kind(at + 1) == "word" and said.said(at + 1) not in STARTS and len(said.said(at + 1)) > 1:
        return ""
    return text if text in ("+", "-") else ""


def _range(said: Statement, left: Value, at: int, right: Value) -> Value | None:
    """Two rising whole numbers that a hyphen joins: a range, unless a formula goes on behind them."""
    if not left.plain or left.value is None or right.value is None or said.kind(at) != "operator":
        return None
    tight = said.attached(at) and said.attached(at + 1)
    ends = said.kind(right.end) not in ("operator", "equals")
    rising = not right.worked and right.value.denominator == 1 and Fraction(0) <= left.value < right.value
    return right._replace(low=left.value, plain=False) if tight and ends and rising else None
