"""Any of several gold answers is right, each read as its own kind."""

import pytest

from orca2.graders import alternatives


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("The answer is 14.", "correct"),
        ("fourteen", "correct"),
        ("It was John Elway.", "correct"),
        ("The answer is 15.", "wrong"),
        ("I cannot say.", "unextracted"),
    ],
)
def test_any_one_is_right(response: str, outcome: str) -> None:
    assert alternatives.load().grade("14\nJohn Elway", response, "Who or how many?").outcome == outcome


def test_the_gold_answers_pass_and_an_empty_gold_does_not() -> None:
    assert alternatives.load().grade("14\nJohn Elway", "14\nJohn Elway").correct
    assert alternatives.load().grade(" \n", "14").outcome == "unextracted"
