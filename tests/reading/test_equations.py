"""Equations: the side that is the result, and whether two of them say the same."""

import pytest

from orca2.reading.equations import difference, equivalent, label, pointed, proportional, same_label, stated
from orca2.reading.expression_terms import Node
from orca2.reading.expressions import parse


def tree(text: str) -> Node:
    found = parse(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "result"), [("x = 5", "5"), ("2 + 3 = 5", "5"), ("5 = x", "5"), ("y = 2x", "2x")])
def test_the_side_that_is_the_result(text: str, result: str) -> None:
    assert stated(tree(text)) == tree(result)


def test_a_name_points_and_a_sum_does_not() -> None:
    assert pointed(tree("x")) and pointed(tree("f(x)")) and not pointed(tree("x + 1"))
    assert label(tree("x = 5")) == tree("x") and label(tree("2 + 3 = 5")) is None


def test_two_letters_are_two_things_and_a_word_may_be_either() -> None:
    assert same_label(tree("x"), tree("X")) and not same_label(tree("x"), tree("y"))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("y = 2x + 1", "2y = 4x + 2", True),
        ("y = 2x + 1", "x = (y - 1)/2", True),
        ("y = 2x + 1", "y - 2x = 1", True),
        ("y = 2x + 1", "y = 2x + 2", False),
        ("x^2 + y^2 = 4", "x^2 + y^2 = 5", False),
    ],
)
def test_equations_with_the_same_solutions(left: str, right: str, same: bool) -> None:
    assert equivalent(tree(left), tree(right)) is same


def test_one_formula_is_a_multiple_of_another() -> None:
    assert proportional(tree("4x + 2"), tree("2x + 1")) == pytest.approx(2)
    assert proportional(tree("4x + 2"), tree("2x + 2")) is None
    assert proportional(difference(tree("y = x")), difference(tree("x = y"))) == pytest.approx(-1)
