"""Marks that would hide a gold answer or end its clause."""

import pytest

from orca2.reading.prepared import prepared


@pytest.mark.parametrize(
    ("gold", "text", "read"),
    [
        ("Mira Holt", "by Mira Holt1. In 1950².", "by Mira Holt. In 1950."),
        ("34", "It has 34 rooms2.", "It has 34 rooms2."),
        ("Mission: Impossible", "It is Mission: Impossible.", "It is Mission  Impossible."),
        ("pour point", "It is called thepour point.", "It is called the pour point."),
        ("land bridge", "It is an island bridge.", "It is an island bridge."),
        ("Charlie Holt", 'by Charles Edgar "Charlie" Holt', "by Charlie Holt"),
        ("Charles Holt", 'by Charles Edgar "Charlie" Holt', 'by Charles Edgar "Charlie" Holt'),
        ("Mira Holt", 'In "Live or Let Die", she is', 'In "Live Let Die", she is'),
        ("Live or Let Die", 'It is "Live or Let Die".', 'It is "Live or Let Die".'),
        ("Mira Holt", 'She said "No or maybe yes".', 'She said "No or maybe yes".'),
    ],
)
def test_a_text_is_made_ready_for_a_gold_answer(gold: str, text: str, read: str) -> None:
    assert prepared(text, gold) == read
