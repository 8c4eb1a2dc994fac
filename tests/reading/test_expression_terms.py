"""The smallest things of a formula, one tree each."""

from fractions import Fraction

import pytest

from orca2.reading.expression_terms import Node
from orca2.reading.expressions import parse


@pytest.mark.parametrize(
    ("text", "op"),
    [("7", "number"), ("x", "name"), ("x_1", "name"), ("101_2", "based"), (r"\sin x", "call"), ("n!", "call"),
     (r"\pi", "pi"), ("(1, 2)", "bracket"), (r"\{1, 2\}", "set")],
)  # fmt: skip
def test_what_a_term_is(text: str, op: str) -> None:
    node = parse(text)
    assert node is not None and node.op == op


def test_a_number_has_its_value_and_a_name_its_name() -> None:
    assert parse("2.5") == Node("number", name="2.5", value=Fraction(5, 2))
    found = parse("x")
    assert found is not None and found.name == "x" and found.parts == ()


@pytest.mark.parametrize("text", ["", "(", r"\frac{1}", "x +", r"\begin{pmatrix}1", "{", "x^"])
def test_half_a_term_is_none(text: str) -> None:
    assert parse(text) is None
