"""Spans of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import span
from orca2.reading.names import words

QUESTION = "Who discovered polonium?"


@pytest.mark.parametrize(
    "response",
    [
        "Marie Curie",
        "marie curie.",
        "The answer is Marie Curie.",
        "The answer is Marie Curie, who worked in Paris.",
        "It was discovered in 1898.\nThe discoverer was Marie Curie.",
        "**Answer:** Marie Curie\n\nI hope this helps!",
        "I think it was Pierre. Wait, it was Marie Curie.",
    ],
)
def test_right(response: str) -> None:
    assert span.load().grade("Marie Curie", response, QUESTION).correct


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("Pierre Curie", "wrong"),
        ("The answer is Pierre Curie.", "wrong"),
        ("The answer is not Marie Curie.", "unextracted"),
        ("The answer is Marie Curie or Otto Hahn.", "ambiguous"),
        ("", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    assert span.load().grade("Marie Curie", response, QUESTION).outcome == outcome


def test_articles_and_punctuation_do_not_count_and_f1_is_said() -> None:
    verdict = span.load().grade("the Denver Broncos", "Denver Broncos!")
    assert verdict.correct
    assert span.f1("the big red dog", "a red dog") == pytest.approx(0.8)
    assert "F1 0.50" in span.load().grade("red dog", "The answer is red cat.").why


@given(st.text(max_size=30), st.text(max_size=30))
def test_f1_is_a_symmetric_share(left: str, right: str) -> None:
    assert span.f1(left, right) == span.f1(right, left)
    assert 0 <= span.f1(left, right) <= 1
    assert span.f1(left, left) == (1.0 if words(left) else 0.0)
