"""The option that a part of a response chooses, firmly or in passing."""

import pytest

from orca2.core.types import Where
from orca2.reading.choices import Asked
from orca2.reading.chosen import OptionReader
from orca2.reading.undecided import NOTHING

FRUIT = Asked.of("B", "Which is a fruit?\nOptions:\n(A) stone\n(B) plum")


@pytest.mark.parametrize(
    ("text", "place", "marks"),
    [
        ("(B)", "whole", ("B",)),
        ("B", "stated", ("B",)),
        ("(B) plum", "stated", ("B",)),
        ("so (B).", "last", ("B",)),
        ("A or B", "stated", ("A", "B")),
        ("neither", "stated", (NOTHING,)),
    ],
)
def test_what_a_part_settles_on(text: str, place: Where, marks: tuple[str, ...]) -> None:
    assert OptionReader(FRUIT, text).read(text, place, firm=True) == marks


def test_only_a_closing_statement_is_read_for_what_it_names_in_passing() -> None:
    assert OptionReader(FRUIT, "so (B).").read("so (B).", "last", firm=False) == ("B",)
    assert OptionReader(FRUIT, "(B)").read("(B)", "stated", firm=False) == ()
