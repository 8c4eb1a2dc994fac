"""Values of formulas: exact ones, and equality wherever both sides have one."""

from fractions import Fraction

import pytest

from orca2.reading.expression_values import exact, names, same_value
from orca2.reading.expressions import parse

EXACT = {
    "7 × 10⁴": 70_000, "3^5": 243, "5! \\cdot 5!": 14_400, "\\frac12": Fraction(1, 2), "3\\frac{1}{2}": Fraction(7, 2),
    "10⁻³": Fraction(1, 1000), "\\sqrt{49}": 7, "8^{2/3}": 4, "\\binom{5}{2}": 10, "\\log_2 8": 3, "|-3|": 3,
    "\\lfloor 2.7 \\rfloor": 2, "0.\\overline{3}": Fraction(1, 3), "2^{100}": 2**100, "1302_5": 202, "-(2-5)": 3,
}  # fmt: skip
NOT_EXACT = (
    "3\\sqrt5",
    "5x",
    "\\pi",
    "5i",
    "\\frac{1+\\sqrt{37}}{6}",
    "2,3",
    "x = 5",
    "1/0",
    "9^{9^{9}}",
    "\\text{odd}",
)
EQUAL = (
    ("x^2+2x+1", "(x+1)^2"), ("\\sqrt{14}", "\\sqrt{5-\\sqrt{21}}+\\sqrt{5+\\sqrt{21}}"), ("\\sin^2 x+\\cos^2 x", "1"),
    ("\\sqrt{x^2}", "|x|"), ("i^2", "-1"), ("e^{i\\pi}", "-1"), ("2\\ln x", "\\ln x^2"), ("n!", "n(n-1)!"), ("0",
    "x-x"),
    ("\\sqrt{-4}", "2i"), ("x^{1/3}", "\\sqrt[3]{x}"), ("\\sqrt[3]{-8}", "-2"), ("\\frac{x^2-1}{x-1}", "x+1"),
    ("\\sqrt{x-50}", "(x-50)^{1/2}"), ("\\cos 60^\\circ", "1/2"), ("\\frac{\\log 5}{\\log 2}", "\\log_2 5"), ("ab",
    "ba"),
    ("f(x+1)", "f(1+x)"), ("(-1)^{n+1}", "-(-1)^n"), ("0", "\\sqrt2\\sqrt3-\\sqrt6"), ("a_1+a_2", "a_2+a_1"),
)  # fmt: skip
UNEQUAL = (
    ("x^2+2x+1", "(x-1)^2"), ("|x|", "x"), ("|y|", "y"), ("|t|", "t"), ("\\sqrt{n^2}", "n"), ("x", "y"), ("2x", "2X"),
    ("\\sec x", "\\tan x \\sec x"), ("a-b", "b-a"), ("3+4i", "3-4i"), ("10^9\\pi", "10^9\\pi+1"), ("f(x)", "g(x)"),
    ("f(1)+f(4)", "f(2)+f(3)"), ("\\log x", "\\ln x"), ("2^{100}", "2^{100}+1"), ("a_1", "a_2"), ("x^3", "x^2"),
    ("\\frac{1}{x-1}", "\\frac{1}{1-x}"), ("\\sqrt{2}", "1.41421356"),
)  # fmt: skip


def _same(left: str, right: str) -> bool | None:
    first, second = parse(left), parse(right)
    assert first is not None and second is not None
    return same_value(first, second)


def test_exact_values() -> None:
    assert {text: exact(tree) for text in EXACT if (tree := parse(text))} == EXACT
    assert [text for text in NOT_EXACT if (tree := parse(text)) and exact(tree) is not None] == []


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal(left: str, right: str) -> None:
    assert _same(left, right) is True


@pytest.mark.parametrize(("left", "right"), UNEQUAL)
def test_unequal(left: str, right: str) -> None:
    assert _same(left, right) is False


def test_constants_are_no_names() -> None:
    tree = parse("e^{i x} + \\pi y_1")
    assert tree is not None and names(tree) == {"x", "y_1"}
