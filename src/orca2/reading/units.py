"""Values with units: which words name the same unit, and which cannot be meant by one another."""

from fractions import Fraction

from orca2.reading.expression_terms import Node

_NAMES = {
    name: names[0]
    for names in (
        ("mm", "millimeter", "millimetre"), ("cm", "centimeter", "centimetre"), ("m", "meter", "metre"),
        ("km", "kilometer", "kilometre"), ("in", "inch", "inche"), ("ft", "foot", "feet"), ("yd", "yard"),
        ("mi", "mile"), ("sec", "s", "second"), ("min", "minute"), ("h", "hr", "hour"), ("day",), ("week",), ("year",),
        ("g", "gram"), ("kg", "kilogram"), ("lb", "pound"), ("oz", "ounce"), ("l", "liter", "litre"),
        ("ml", "milliliter", "millilitre"), ("dollar",), ("cent",), ("rad", "radian"), ("°", "degree", "deg"), ("%",),
    )
    for name in names
}  # fmt: skip
_POWERS = {"square": "^2", "sq": "^2", "squared": "^2", "cubic": "^3", "cubed": "^3", "cu": "^3"}
_HUNDRED = Node("number", name="100", value=Fraction(100))


def unit(node: Node) -> str:
    """The unit of a value, by one name for all of its spellings; empty if it has none."""
    if node.op == "degrees":
        return "°"
    return canonical(node.name) if node.op == "quantity" else ""


def canonical(said: str) -> str:
    """One name for a unit.

    >>> canonical("square inches") == canonical("in^2") == canonical("sq. in.")
    True
    """
    power, kept = "", []
    for word in said.replace(".", " ").replace("²", "^2").replace("³", "^3").split():
        name, _, raised = word.partition("^")
        if name in _POWERS:
            power = _POWERS[name]
            continue
        kept.append(_NAMES.get(name, _NAMES.get(name.removesuffix("s"), name)))
        power = f"^{raised}" if raised else power
    return " ".join(kept) + power


def clash(left: str, right: str) -> bool:
    """Whether two units are known and not the same: feet are no inches, but "apples" may be "pieces"."""
    known = set(_NAMES.values())
    return left != right and all(name.partition("^")[0] in known for name in (left, right))


def inner(node: Node) -> Node:
    """A value without its unit."""
    return node.parts[0] if node.op in ("quantity", "degrees") else node


def in_ones(node: Node) -> Node:
    """A per cent as hundredths, degrees as radians."""
    if unit(node) == "%":
        return Node("/", (inner(node), _HUNDRED))
    return node if node.op == "degrees" else inner(node)
