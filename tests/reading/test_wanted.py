"""What a question asks for: things, units, money, shares, places, times."""

import pytest

from orca2.reading.wanted import is_fact, stem, wanted, words


@pytest.mark.parametrize(
    ("question", "things"),
    [("Tom has 3 bags. How many marbles does he have?", {"marble"}), ("How many eggs are left?", {"egg"})],
)
def test_things_that_are_counted(question: str, things: set[str]) -> None:
    assert wanted(question).things == things


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("How much money does she have?", "money"),
        ("What percentage of the cakes is left?", "share"),
        ("In what year was he born?", "year"),
        ("How many more apples has Tom than Ann?", "difference"),
    ],
)
def test_kinds_of_answers(question: str, field: str) -> None:
    assert getattr(wanted(question), field)


def test_a_unit() -> None:
    unit = wanted("How many kilometers did he walk?").unit
    assert unit is not None and unit.measures == "length"


def test_nothing_is_asked_by_nothing() -> None:
    assert not wanted("").things and not wanted("").number


def test_a_fact_has_nothing_given() -> None:
    assert is_fact("In what year did the war end?")
    assert not is_fact("Tom has 3 bags of 5 marbles. How many marbles does he have?")


def test_words_without_their_endings() -> None:
    assert stem("bags") == "bag" and stem("apples") == "apple"
    assert words("the red apples") == words("red apple")
