"""Texts that break off."""

import pytest

from orca2.reading.broken import breaks_off


@pytest.mark.parametrize(
    "text",
    [
        "So the force is $F = 2(1.5",
        "We have $\\log_{b}81=4$. Then $\\log_{b}8",
        "$$(1 \\text{ atm})(22 \\text{ l}) = (1 \\text{ mole})(R)(273",
        "E = (3 N k (C)) / 2 = (3 N k (",
        "The answer is (",
        "It follows that the",
        "The charge is Q = C V. The charge is Q = C V. The charge is Q = C",
        "\\[ x = 5",
        "long " * 100 + "and then it goes on and on until it is at an end that is no",
    ],
)
def test_breaks_off(text: str) -> None:
    assert breaks_off(text)


@pytest.mark.parametrize("text", ["So it is B", "B", "(B)", "**B**", "It costs $5", "I pick B :)", "Yes.", "", "= 4"])
def test_ends(text: str) -> None:
    assert not breaks_off(text)
