"""Blanks that were lost and footnote marks that stick to words and numbers."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto
from orca2.reading.glued import unglued


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("It began in2011as a talk.", "It began in 2011 as a talk."),
        ("It aired onMarch 4, 1973on CBS.", "It aired on March 4, 1973 on CBS."),
        ("It was sung byMira Holt in May.", "It was sung by Mira Holt in May."),
        ("The fee is$1,850for adults.", "The fee is $1,850 for adults."),
        ("Open onMay 2, 20171. Shut on May 1, 20182.", "Open on May 2, 2017. Shut on May 1, 2018."),
        ("The BBC took it up in 19781.", "The BBC took it up in 1978."),
        ("The limit is $75,0001.", "The limit is $75,000."),
        ("It has 40 rooms1. It is run by Holt2. Sold in 20193.", "It has 40 rooms. It is run by Holt. Sold in 2019."),
        ('It is named after the film "The Red House"12.', 'It is named after the film "The Red House".'),
    ],
)  # fmt: skip
def test_what_is_glued_is_taken_apart(text: str, repaired: str) -> None:
    assert unglued(text) == unglued(repaired) == repaired


@pytest.mark.parametrize(
    "text",
    [
        "There are 20171.",
        "The sum results in 20171.",
        "In 20171 trees nests were found.",
        "The zip code is VA 20171.",
        "The values are 20171. and 19782.",
        "The winner is player1. The loser is player2.",
        "It uses sha1. The text is utf8. It runs in python3.",
        "Pi is 3,1411. The other is 2,7182.",
        "A euro is $1,1723.",
        "It was fixed in the onClick handler, inside of isEmpty.",
        "The 1920s came after the 19th century.",
        "It weighs 5kg and 20lb, is 3in long and costs $1,234.",
        "The set is (1,2345) or {1,2,34}.",
    ],
)
def test_what_shows_no_mark_stays(text: str) -> None:
    assert unglued(text) == text


_WORDS = st.text(string.ascii_letters, min_size=1, max_size=9).map(str.capitalize) | st.text(
    string.ascii_lowercase, min_size=1, max_size=9
)
_NUMBERS = (
    st.integers(0, 99_999).map(str) | st.integers(0, 10**7).map("{:,}".format) | st.integers(0, 999).map("${}".format)
)


@given(st.lists(st.tuples(_WORDS | _NUMBERS, st.sampled_from(["", ",", ".", "!", ":"])), max_size=30))
def test_a_clean_text_is_not_changed(pieces: list[tuple[str, str]]) -> None:
    """Blanks stand between all words and numbers, and no number of five digits is where a year may be."""
    said = [word + mark for word, mark in pieces if not (len(word) == 5 and word.isdigit())]
    assert unglued(" ".join(said)) == " ".join(said)


@given(
    st.integers(1_000, 99_999),
    st.sampled_from(["There are {}.", "It is {}.", "The answer is {}.", "{}", "{} and so on."]),
)
def test_a_number_is_a_number(value: int, sentence: str) -> None:
    assert unglued(sentence.format(value)) == sentence.format(value)


@pytest.mark.parametrize("name", ["thing12", "thing123", "player21", "model12"])
def test_a_name_that_ends_in_digits_stays(name: str) -> None:
    for text in (name, f"{name}.", f"The answer is {name}.", f"It was {name}. Nothing else fits."):
        assert unglued(text) == text
        assert auto.load().grade(name, text, "Which one is it?").correct
    assert not auto.load().grade(name[:-1], f"The answer is {name}.", "Which one is it?").correct
