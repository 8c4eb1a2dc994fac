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


SONG = "who wrote the song grey harbour"
LAKE = "what is the largest lake in ardland"


@pytest.mark.parametrize(
    ("question", "target", "response", "right"),
    [
        (SONG, "Mira Holt", '"Grey Harbour" was written and first recorded by Mira Holt. Sam Dean covered it.', True),
        (SONG, "Sam Dean", '"Grey Harbour" was written and first recorded by Mira Holt. Sam Dean covered it.', False),
        (
            SONG,
            "Mira Holt",
            "Grey Harbour is a 1970 Swedish folk song by Mira Holt, based on a poem by Sam Dean.",
            True,
        ),
        (
            SONG,
            "Sam Dean",
            "Grey Harbour is a 1970 Swedish folk song by Mira Holt, based on a poem by Sam Dean.",
            False,
        ),
        (SONG, "Mira Holt", "The song was written by Mira Jane Holt.", True),
        (SONG, "Mira Holt", "The song was written by Mira Dean.", False),
        (SONG, "Mira Holt", '"Grey Harbour" is the work of Mira Holt[1].', True),
        (SONG, "Mira Holt", '"Grey Harbour" was written byMira Holt1.', True),
        (SONG, "Mira Holt", "The words are by Sam Dean and the tune by Mira Holt.", False),
        (SONG, "Mira Holt", "Mira Holt's Grey Harbour is a song of 1970.", True),
        (SONG, "Mira Holt", "Mira Holt's brother wrote Grey Harbour.", False),
        (SONG, "Mira Hølt", "Most scholars believe that the song was written by Mira Holt.", True),
        (SONG, "Mira Holt", "Most people believe that the song was written by Mira Holt.", False),
        (LAKE, "Lake Tana", "Tana is the largest lake in Ardland.", True),
        (LAKE, "Lake Tana", "The largest lake in Ardland, after the Vern, is the Tana.", True),
        (LAKE, "Lake Vern", "The largest lake in Ardland, after the Vern, is the Tana.", False),
        (LAKE, "Lake Vern", "Lake Tana is larger than that of Vern.", False),
        (LAKE, "Lake Tana", "Lake Tana is the biggest in Ardland.", True),
        ("where is the mill", "Gera", "The mill stands in the north of Gera.", True),
        ("where is the mill", "Gera", "The mill stands two miles north of Gera.", False),
        ("where is the mill", "Gera", "The mill stands next to Gera.", False),
        ("where was it filmed", "Gera", "It was filmed in several places, including Gera and Lund.", True),
        ("who stars in grey harbour", "Ada Brook", "Grey Harbour stars Ada Brook and Tom Reed.", True),
        ("who starred in grey harbour as the mate", "Ada Brook", "Ada Brook and Tom Reed starred in it.", False),
        (
            "who voices the mate in grey harbour",
            "Ada Brook",
            "The mate is voiced by Ada Brook and Tim by Tom Reed.",
            True,
        ),
        (
            "who voices the mate in grey harbour",
            "Tom Reed",
            "The mate is voiced by Ada Brook and Tim by Tom Reed.",
            False,
        ),
        ("who was shot in gera", "Mira Holt", "Mira Holt was shot in Gera by Sam Dean.", True),
        ("who was shot in gera", "Sam Dean", "Mira Holt was shot in Gera by Sam Dean.", False),
        ("what breed of dog was it", "Collie", "It was a Rough Collie.", True),
        ("who led ardland in world war 2", "Ada Brook", "During WWII Ardland was led by Ada Brook.", True),
        ("who was king when the tower fell", "Otto", "When the tower fell, the king was Otto.", True),
        ("what does it hold", "ring", "It holds wax rather than a ring.", False),
        ("which sea lies between them", "Vern Sea", "The sea that lies between Gera and Lund is the Vern Sea.", True),
    ],
)
def test_full_sentences(question: str, target: str, response: str, right: bool) -> None:
    assert span.load().grade(target, response, question).correct == right


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


PIECES = (
    "the of in by Ann Holt, was written who which ( ) , ; : and or not that 1990 song 's \" . ! ? than between they "
    "born when Roman [1] -- / & although WWII before"
)
PROSE = st.lists(st.sampled_from(PIECES.split()), max_size=14).map(" ".join)


@given(PROSE, PROSE, PROSE)
def test_no_prose_raises(target: str, response: str, question: str) -> None:
    assert span.load().grade(target, response, question).grader == "span"
