"""Marks of options, and letters that are none."""

import pytest

from orca2.reading.letters import hits, with_words
from orca2.reading.mentions import mentions

LISTED = "ABCD"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(B)", "B"),
        ("[b]", "B"),
        ("so it is B.", "B"),
        ("答案是B。", "B"),
        ("Bです", "B"),
        ("B--lantern", "B"),
        ("'B'", "B"),
        ("(ABD)", "ABD"),
        ("<answer>B</answer>", "B"),
        ("=> B", "B"),
        ("A man, I think", ""),
        ("vitamin C", ""),
        ("x_B and \\log_{b} 5", ""),
        ("P(A), P(A and B)", ""),
        ("(1.5 C)(9 D)", ""),
        ("(1 mole)(B)(273", ""),
        ("3 N k C", ""),
        ("(3 N k (C)) / 2", ""),
        ("F = q v B", ""),
        ("B-cell, B's, 2B, BA", ""),
        ("from A to B", ""),
        ("(R) or R", "R"),
    ],
)
def test_letters_that_stand_for_an_option(text: str, found: str) -> None:
    assert "".join(hit.name for hit in hits(text, "letter", LISTED, strict=True)) == found


def test_where_an_answer_is_stated_a_letter_need_not_be_listed() -> None:
    assert [hit.name for hit in hits("E", "letter", LISTED, strict=False)] == ["E"]
    assert hits("E", "letter", LISTED, strict=True) == []


def test_numbers_stand_for_options_in_brackets_or_behind_the_word() -> None:
    assert [hit.name for hit in hits("(2), option 3, 4", "number", "1234", strict=True)] == ["2", "3"]
    assert [hit.name for hit in hits("(ii)", "roman", ("i", "ii"), strict=True)] == ["ii"]


def test_a_mark_takes_its_words_along_and_words_hide_the_letters_in_them() -> None:
    text = "(d) tray, both a and b"
    words = mentions(text, [("tray", "D"), ("both a and b", "C")])
    (hit,) = with_words(text, hits(text, "letter", LISTED, strict=True), words)
    assert (hit.name, text[hit.start : hit.end]) == ("D", "(d) tray")
