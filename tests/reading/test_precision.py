"""Numbers are the same as precisely as the gold one is written."""

from fractions import Fraction

import pytest

from orca2.reading.precision import same_number


@pytest.mark.parametrize(
    ("gold", "answer", "same"),
    [
        ("0.10000000149011612", "0.1", True),
        ("0.33", "0.333", True),
        ("0.333", "0.33", False),
        ("33", "33", True),
        ("33", "33.4", False),
        ("5", "5.0", True),
        ("2.50", "2.5", True),
        ("-2.5", "2.5", False),
    ],
)
def test_as_precise_as_the_gold_number(gold: str, answer: str, same: bool) -> None:
    assert same_number(Fraction(gold), gold, Fraction(answer), answer) is same
