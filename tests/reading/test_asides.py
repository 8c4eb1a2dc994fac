"""What a sentence says in the main is kept, and what only goes with it is left."""

import re
from typing import NamedTuple

import pytest

from orca2.reading.asides import main, offered_with


class Number(NamedTuple):
    """A number as it stands in a text."""

    start: int
    end: int
    text: str


def numbers(text: str) -> list[Number]:
    return [Number(match.start(), match.end(), match[0]) for match in re.finditer(r"\d+", text)]


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("5 vans left in the first 20 minutes", ["5"]),
        ("He has 12 apples", ["12"]),
        ("She sold 7 of the 30 cakes", ["7"]),
    ],
)
def test_what_goes_with_another_thing_is_left(text: str, about: list[str]) -> None:
    assert [number.text for number in main(text, numbers(text))] == about


def test_a_lone_thing_is_what_the_sentence_is_about() -> None:
    text = "within 20 minutes"
    assert main(text, numbers(text)) == numbers(text)


@pytest.mark.parametrize(
    ("text", "offered"),
    [("It is 5 or 6", ["5", "6"]), ("It is 6", ["6"]), ("There are 5 vans. It is 6", ["6"])],
)
def test_what_or_joins_is_offered_too(text: str, offered: list[str]) -> None:
    things = numbers(text)
    assert [number.text for number in offered_with(text, things, things[-1])] == offered
