"""Equations: what they state, whether they are solved, and whether two of them say the same."""

from orca2.reading.asked import Asked
from orca2.reading.expression_functions import Number, real
from orca2.reading.expression_terms import Node
from orca2.reading.expression_values import close, finite, names, points, same_value, value

_LEAST = 3  # points that must agree
_SHIFT = 0.37  # off a solution, where an equation must not hold


def pointed(side: Node) -> bool:
    """Whether a side only names what stands on the other one: x, f(x), "area", AB, P(A), (x, y)."""
    if side.op == "bracket":
        return all(part.op == "name" for part in side.parts)
    if side.op == "*":
        first = side.parts[0]
        return first.op in ("*", "name") and pointed(first) and _capital(first)
    return side.op in ("name", "applied", "words")


def stated(equation: Node) -> Node:
    """The side of an equation that is its result: the last one, unless only that is a name."""
    first, last = equation.parts[0], equation.parts[-1]
    return first if last.op == "name" and not pointed(first) else last


def label(equation: Node) -> Node | None:
    """The side that names the result, if the equation is solved for it."""
    result = stated(equation)
    named = equation.parts[0] if result is equation.parts[-1] else equation.parts[-1]
    return named if pointed(named) and not (named.op == "name" and named.name in names(result)) else None


def result(equation: Node, question: Asked) -> Node | None:
    """The value that an equation states as an answer; None if it is one that is still to be solved.

    "x = 5" states 5, and so does "2 + 3 = 5"; "2x = 5" does not where x is asked for.
    """
    found, named = stated(equation), label(equation)
    wanted = question.names & question.letters
    if named is not None:
        other = named.op == "name" and len(named.name) == 1 and bool(wanted) and named.name in question.letters
        return None if other and named.name not in wanted else found
    first = equation.parts[0]
    if not names(first) or len(equation.parts) > 2 or same_value(first, found):
        return found
    return None if question.names & names(first) else found


def same_label(left: Node, right: Node) -> bool:
    """Whether two results are said to be of the same thing: x and y are not, x and "the length" may be."""
    if left.op == right.op and left.op in ("name", "applied"):
        return left.name.casefold() == right.name.casefold()
    return True


def equivalent(left: Node, right: Node) -> bool | None:
    """Whether two equations have the same solutions: one is a multiple of the other, or solved for one of its names."""
    if len(left.parts) != 2 or len(right.parts) != 2:
        return None
    first, second = difference(left), difference(right)
    if proportional(first, second) is not None:
        return True
    for one, other in ((left, second), (right, first)):
        named = label(one)
        if named is not None and named.op == "name" and names(other):
            return _solves(named.name, stated(one), other)
    return False


def difference(relation: Node) -> Node:
    """The left side minus the right one."""
    left, right = relation.parts
    return Node("+", (left, Node("-", (right,))))


def proportional(left: Node, right: Node) -> float | None:
    """The constant that the first formula is of the second; None if there is none."""
    used = tuple(sorted(names(left) | names(right)))
    ratios: list[float] = []
    for at in points(used) if used else ():
        above, below = _real(left, at), _real(right, at)
        if above is None or not below:
            continue
        ratios.append(above / below)
        if not ratios[0] or not close(ratios[0], ratios[-1]):
            return None
    return ratios[0] if len(ratios) >= _LEAST else None


def _solves(name: str, found: Node, other: Node) -> bool | None:
    """Whether a formula is zero where `name` has the value found, and not beside it."""
    agreed = 0
    for at in points(tuple(sorted((names(found) | names(other)) - {name}))):
        solution = _real(found, at)
        if solution is None:
            continue
        here, beside = (_real(other, {**at, name: solution + shift}) for shift in (0.0, _SHIFT))
        if here is None or beside is None:
            continue
        if abs(here) > 1e-7 * (1 + abs(solution)) or abs(beside) < 1e-9:
            return False
        agreed += 1
    return True if agreed >= 1 else None


def _real(node: Node, at: dict[str, Number]) -> float | None:
    try:
        found = value(node, at)
        if not finite(found) or not real(found):
            return None
        return found.real if isinstance(found, complex) else float(found)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _capital(node: Node) -> bool:
    while node.op == "*":
        node = node.parts[0]
    return node.name[:1].isupper()
