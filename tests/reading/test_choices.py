"""Which option a gold answer is."""

import pytest

from orca2.reading.choices import Asked

FRUIT = "Which is a fruit?\nA) stone\nB) plum\nC) $\\frac{1}{2}$"


@pytest.mark.parametrize(
    "target",
    ["B", "(B)", "B.", "B)", "b", "[B]", "B) plum", "B. plum", "(B) plum", "plum", "**B**", "$B$", "\\text{(B)}",
     "\\text{B}", "\\textbf{(B)}", "$\\mathbf{(B)}$", "\\text{(B) plum}"],
)  # fmt: skip
def test_gold_answers_in_every_dress(target: str) -> None:
    assert Asked.of(target, FRUIT).gold == "B"


@pytest.mark.parametrize(
    ("target", "question"),
    [
        ("pear", FRUIT),
        ("A) plum", FRUIT),
        ("2", "How many apples are there?\n1. Tom has two.\n2. Ann has none."),
        ("2", "How many?"),
        ("I. Newton", "Who was it?"),
        ("iv", "Write 4 in roman numerals."),
        ("", FRUIT),
    ],
)
def test_what_is_no_option(target: str, question: str) -> None:
    assert Asked.of(target, question).gold is None


def test_several_marks_and_marks_that_are_not_listed() -> None:
    assert Asked.of("C, A", FRUIT).gold == "A, C" and Asked.of("C, A", FRUIT).several
    assert Asked.of("(F)", FRUIT).gold == "F" and Asked.of("(F)", FRUIT).texts == {}
    assert Asked.of("$\\frac12$", FRUIT).gold is None and Asked.of("\\frac{1}{2}", FRUIT).gold == "C"
    assert Asked.of("(2)", "Which floats?\n(1) stone (2) cork").gold == "2"
