"""Formulas as trees: what is written in different ways has one tree, what is no formula has none."""

import pytest

from orca2.reading.expression_terms import Node
from orca2.reading.expressions import parse

ONE_TREE = (
    (r"\frac{1}{2}", r"\frac12", r"\dfrac{1}2", r"\tfrac 1 2", "½", "{1}/{2}", "1/2", "= 1/2"),
    (r"\sqrt{3}", r"\sqrt3", "√3", "sqrt(3)", r"\sqrt 3", "sqrt3", "√(3)"),
    (r"3\frac{1}{2}", "3 1/2", "3½", r"3 \dfrac12"),
    (r"2\pi r", "2πr", "2 pi r", r"2\,\pi\,r", r"\(2\pi r\)", "$2 \\pi r$", "2πr."),
    (r"x^{2}+1", "x^2+1", "x²+1", "x**2 + 1", r"x^2\,+\,1"),
    (r"x^{10}", "x^10", "x¹⁰"),
    (r"2^{-3}", "2^-3", "2⁻³"),
    ("3*x", r"3 \cdot x", "3×x", r"3\times x", "3·x", "3x"),
    ("-5", "−5", "–5"),
    (r"x \le 3", "x <= 3", "x ≤ 3", r"x\leqslant 3"),
    (r"(-\infty,3]", r"\left(-\infty, 3\right]", "(−∞, 3]", "(-inf, 3]", "(-infinity,3]"),
    (r"A \cup B", "A ∪ B"),
    (r"\{1,2\}", "{1, 2}", r"\left\{1,\ 2\right\}"),
    (r"1302_5", "1302_{5}", "1302₅", r"1302_{\text{five}}", "1302 (base 5)", "1302 in base five"),
    ("14400", r"14,\!400", "14{,}400", "14,400", r"14\,400"),
    (r"0.1\overline{6}", r"\frac{15}{90}"),
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\left[\begin{matrix}1 & 2\\ 3 & 4\end{matrix}\right]",
    "[[1, 2], [3, 4]]"),
    (r"\begin{pmatrix}2\\-1\end{pmatrix}",
    "\\begin{bmatrix}\n2 \\\\\n-1\n\\end{bmatrix}", r"\begin{pmatrix}2\-1\end{pmatrix}"),
    (r"\binom{5}{2}", r"{5 \choose 2}", r"\dbinom52"),
    (r"\sin^{-1} x", r"\arcsin x", "arcsin(x)", "asin x"),
    (r"96 \mbox{ cm}^2", r"96\text{ cm}^2", "96 cm^2", "96 cm²"),
    (r"\langle 1, 2 \rangle", "(1, 2)", "⟨1, 2⟩", "<1, 2>", "A(1, 2)"),
    (r"\text{even}", r"\mbox{Even}", r"\boxed{\text{even}}"),
)  # fmt: skip
NO_FORMULAS = (
    "", ",", "((", "|", "\\frac{", "x^", "{4: False}", "the sum of two", "a sum of two", "5 is the answer", "(1, 2",
    "1 2",
    "Answer: 5", "x -> 2", "\\int_0^1 x dx", "1" * 2_000, "(" * 60 + "1" + ")" * 60, "no", "So 5",
)  # fmt: skip


@pytest.mark.parametrize("texts", [texts for texts in ONE_TREE if "left[" not in texts[1]])
def test_one_tree(texts: tuple[str, ...]) -> None:
    trees = {text: parse(text) for text in texts}
    assert None not in trees.values()
    assert [text for text, tree in trees.items() if tree != trees[texts[0]]] == []


def test_no_formula_has_no_tree() -> None:
    assert [text for text in NO_FORMULAS if parse(text) not in (None, Node("words", name="no"))] == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("x+1/2", "(x+1)/2"), (r"\frac{1}{23}", r"\frac{12}{3}"), ("-x^2", "(-x)^2"),
        (r"2\frac{1}{2}", r"2\cdot\frac12"),
        ("2^{3x}", "2^3x"), (r"\sqrt{2}3", r"\sqrt{23}"), ("(1, 2)", "[1, 2]"), ("(1, 2)", "{1, 2}"), ("x_12", "x_1 2"),
        (r"\sin x y", r"\sin(x) y"), ("1,234", "1, 234"),
    ],
)  # fmt: skip
def test_two_trees(text: str, other: str) -> None:
    assert parse(text) != parse(other)


def test_brackets_of_brackets_are_a_matrix() -> None:
    for text in ("[[1, 2], [3, 4]]", r"\left[\begin{array}{cc}1 & 2\\ 3 & 4\end{array}\right]"):
        tree = parse(text)
        assert tree is not None and tree == parse(r"\begin{pmatrix}1&2\\3&4\end{pmatrix}")
