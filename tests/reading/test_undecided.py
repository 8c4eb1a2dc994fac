"""Conclusions that settle on nothing."""

import pytest

from orca2.reading.undecided import settled


@pytest.mark.parametrize(
    "said",
    [
        "It is unknown.",
        "It depends.",
        "It depends on the weather.",
        "One cannot tell.",
        "It cannot be determined.",
        "It is impossible to say who would win.",
        "not possible to determine.",
        "It is not possible to give a definitive answer.",
        "not known for certain, but it is possible that it is unclear",
        "It's not clear.",
        "I don't know.",
        "I'm not sure.",
        "Nobody knows.",
        "There is no way to know.",
        "There isn't enough information.",
        "None of the options match.",
        "neither option works",
        "No option fits.",
        "The answer is not listed.",
        "N/A",
        "Maybe.",
        "It is debatable.",
        "所以无法确定。",
    ],
)
def test_settles_on_nothing(said: str) -> None:
    assert settled(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "So it is B.",
        "None of the other options float, so it is the cork.",
        "Neither of the others floats.",
        "It is not possible.",
        "It is not heavy.",
        "no one came",
        "I know that it is B.",
        "",
    ],
)
def test_settles_on_something(said: str) -> None:
    assert settled(said) == said


def test_what_follows_a_but_is_settled_and_an_answer_may_say_that_there_is_none() -> None:
    assert settled("It's hard to say, but probably B.") == " probably B."
    names = [("none of the above", "D"), ("unknown", "unknown")]
    assert settled("So the answer is none of the above.", names) and settled("It is unknown.", names)
