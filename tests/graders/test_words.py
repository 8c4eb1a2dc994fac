"""Ordered lists of words."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import words

QUESTION = "Sort the following words alphabetically: List: oven it&t costume counterpart"
GOLD = "costume counterpart it&t oven"


@pytest.mark.parametrize(
    "response",
    [
        GOLD,
        "costume, counterpart, it&t, oven",
        "Costume, counterpart, IT&T, oven.",
        "costume\ncounterpart\nit&t\noven",
        "1. costume\n2. counterpart\n3. it&t\n4. oven",
        "First the letters: c, c, i, o. So the answer is costume counterpart it&t oven.",
        "**Answer:** costume, counterpart, it&t, oven",
        "The answer is:\n- costume\n- counterpart\n- it&t\n- oven\nThat is all.",
        "Here they are:\n1. costume\n2. counterpart\n3. it&t\n4. oven",
        "The words in order: costume counterpart it&t oven",
    ],
)
def test_right(response: str) -> None:
    assert words.load().grade(GOLD, response, QUESTION).outcome == "correct"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("costume it&t counterpart oven", "wrong"),
        ("So the answer is costume counterpart oven.", "wrong"),
        ("I cannot sort these.", "unextracted"),
        ("", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    assert words.load().grade(GOLD, response, QUESTION).outcome == outcome


def test_only_a_question_that_asks_for_an_order_has_a_list_as_its_answer() -> None:
    assert words.load().reads(GOLD, QUESTION)
    assert not words.load().reads(GOLD, "Name a few words: oven it&t costume counterpart")
    assert not words.load().reads("oven", QUESTION)
    assert not words.load().reads("a b", QUESTION)


@given(st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=9), min_size=2, max_size=12))
def test_a_gold_list_passes(listed: list[str]) -> None:
    gold = " ".join(sorted(listed))
    assert words.load().reads(gold, "Sort: " + " ".join(listed))
    for response in (gold, ", ".join(sorted(listed)), f"So the answer is {gold}."):
        assert words.load().grade(gold, response).correct
