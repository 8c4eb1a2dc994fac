"""Sets of real numbers: intervals and their unions, inequalities solved for one name, all numbers but a few."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from orca2.reading.expression_functions import real
from orca2.reading.expression_terms import Node
from orca2.reading.expression_values import close, value

_INEQUALITIES = frozenset(("<", ">", "<=", ">=", "!="))
_MAX_INTERVALS = 60  # of a set


class Interval(NamedTuple):
    """The numbers between two ends, of which each belongs to them or not."""

    low: float
    has_low: bool
    high: float
    has_high: bool


Region = list[Interval]
_ALL = Interval(-math.inf, False, math.inf, False)


def is_region(node: Node) -> bool:
    """Whether a tree can only be a set of numbers: an inequality, a union, brackets with an infinite end."""
    if node.op in ("union", "meet", "minus", "reals", "empty"):
        return True
    if node.op == "relation":
        return bool(_INEQUALITIES & set(node.name.split()))
    if node.op == "list":
        return any(map(is_region, node.parts))
    if node.op == "bracket" and len(node.parts) == 2:
        return node.name in ("(]", "[)") or any(_infinite(part) for part in node.parts)
    return False


def region(node: Node) -> Region | None:
    """The set that a tree stands for; None if it is none, or has letters at its ends.

    >>> from orca2.reading.expressions import parse
    >>> region(parse("x < 3")) == region(parse(r"(-\\infty, 3)")), region(parse("x < a"))
    (True, None)
    """
    try:
        return _region(node)
    except (ArithmeticError, ValueError, TypeError):
        return None


def same_region(left: Region, right: Region) -> bool:
    """Whether two sets have the same numbers."""
    return len(left) == len(right) and all(
        a.has_low == b.has_low and a.has_high == b.has_high and _same_end(a.low, b.low) and _same_end(a.high, b.high)
        for a, b in zip(left, right, strict=True)
    )


def variables(node: Node) -> set[str]:
    """The names that the inequalities of a tree are about."""
    if node.op == "relation":
        return {part.name for part in node.parts if part.op == "name"}
    return set().union(*map(variables, node.parts)) if node.op in ("list", "union", "meet") else set()


def _region(node: Node) -> Region:
    if node.op == "bracket" and len(node.parts) == 2:
        low, high = map(_end, node.parts)
        if low > high:
            raise ValueError("ends in the wrong order")
        return [Interval(low, node.name[0] == "[" and low > -math.inf, high, node.name[1] == "]" and high < math.inf)]
    if node.op in ("union", "meet", "minus"):
        left, right = map(_region, node.parts)
        return _union(left, right) if node.op == "union" else _meet(left, right if node.op == "meet" else _rest(right))
    if node.op == "list":
        return _listed(node)
    if node.op == "set":
        return _union(*([Interval(end, True, end, True)] for end in map(_end, node.parts)))
    if node.op == "relation":
        return _related(node)
    if node.op == "reals":
        return [_ALL]
    if node.op == "empty":
        return []
    raise ValueError(node.op)


def _listed(node: Node) -> Region:
    """Several conditions: either of them, or both where they can hold together."""
    intervals = [_region(part) for part in node.parts]
    if node.name != "or":
        both = intervals[0]
        for interval in intervals[1:]:
            both = _meet(both, interval)
        if both:
            return both
    return _union(*intervals)


def _related(node: Node) -> Region:
    """A name between bounds, such as 1 < x <= 4."""
    sides, signs = list(node.parts), node.name.split()
    if signs == ["in"]:
        return _region(sides[1])
    named = [index for index, side in enumerate(sides) if side.op in ("name", "applied")]
    if len(named) != 1 or len(sides) > 3:
        raise ValueError("not solved for a name")
    found = [_ALL]
    for index, sign in enumerate(signs):
        if named[0] not in (index, index + 1):
            raise ValueError("a side without the name")
        before = index == named[0]  # "x < 3" rather than "3 > x"
        end = _end(sides[index + 1] if before else sides[index])
        found = _meet(found, _bound(sign if before else sign.translate(_TURNED), end))
    return found


_TURNED = str.maketrans("<>", "><")


def _bound(sign: str, end: float) -> Region:
    if sign == "!=":
        return _rest([Interval(end, True, end, True)])
    if sign == "=":
        return [Interval(end, True, end, True)]
    if sign not in _INEQUALITIES:
        raise ValueError(sign)
    closed = sign.endswith("=") and math.isfinite(end)
    low, high = (-math.inf, end) if sign.startswith("<") else (end, math.inf)
    return [Interval(low, closed and low == end, high, closed and high == end)]


def _end(node: Node) -> float:
    if node.op in ("infinity", "-", "+") and _infinite(node):
        return -math.inf if node.op == "-" else math.inf
    found = value(node.parts[0] if node.op == "quantity" else node, {})
    if not real(found):
        raise ValueError("not real")
    return found.real if isinstance(found, complex) else float(found)


def _infinite(node: Node) -> bool:
    return node.op == "infinity" or (node.op in ("-", "+") and len(node.parts) == 1 and _infinite(node.parts[0]))


def _same_end(left: float, right: float) -> bool:
    return left == right or (math.isfinite(left) and math.isfinite(right) and close(left, right))


def _union(*regions: Region) -> Region:
    found: Region = []
    intervals = sorted(
        (interval for region in regions for interval in region),
        key=lambda interval: (interval.low, not interval.has_low),
    )
    if len(intervals) > _MAX_INTERVALS:
        raise ValueError("too many intervals")
    for interval in intervals:
        last = found[-1] if found else None
        if last and (interval.low < last.high or (interval.low == last.high and (interval.has_low or last.has_high))):
            high, has_high = max((last.high, last.has_high), (interval.high, interval.has_high))
            found[-1] = Interval(last.low, last.has_low, high, has_high)
        else:
            found.append(interval)
    return found


def _meet(left: Region, right: Region) -> Region:
    found = []
    for a in left:
        for b in right:
            low, out_low = max((a.low, not a.has_low), (b.low, not b.has_low))
            high, has_high = min((a.high, a.has_high), (b.high, b.has_high))
            if low < high or (low == high and not out_low and has_high):
                found.append(Interval(low, not out_low, high, has_high))
    return _union(found)


def _rest(region: Sequence[Interval]) -> Region:
    """All numbers that are not in a set."""
    found, low, has_low = [], -math.inf, False
    for interval in region:
        if low < interval.low or (low == interval.low and has_low and not interval.has_low):
            found.append(Interval(low, has_low, interval.low, not interval.has_low and math.isfinite(interval.low)))
        low, has_low = interval.high, not interval.has_high
    if low < math.inf:
        found.append(Interval(low, has_low, math.inf, False))
    return found
