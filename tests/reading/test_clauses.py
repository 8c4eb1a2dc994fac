"""Sentences and clauses."""

import pytest

from orca2.reading.clauses import clauses, in_line, sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It sank. Nobody saw it.", 2),
        ("Dr. Holt and Mr. J. Dean met Mrs. Lind.", 1),
        ("The case of Holt v. Dean was heard.", 1),
        ("It was No. 1 in May.", 1),
        ("Monsters Inc. is a film.", 1),
        ('He said "Go." Then he left.', 2),
        ("One line\nanother line", 2),
        ("", 0),
    ],
)
def test_sentences(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def _said(text: str) -> list[str]:
    return [" ".join(token.plain for token in clause.said) for clause in clauses(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was written by Ann and recorded by Ben.", ["it was written by ann", "recorded by ben"]),
        ("It was built by Ann, and Ben painted it.", ["it was built by ann ,", "ben painted it"]),
        ("The new door is red, the old door is blue.", ["new door is red", "old door is blue"]),
        ("Ann and Ben have it.", ["ann and ben have it"]),
        ("They loaded salt and dried fish.", ["they loaded salt and dried fish"]),
        ("Ann, who lived in Gera, was born in Halle.", ["ann , was born in halle", "who lived in gera"]),
        ("Ann (born 1950) left.", ["ann , left", "born 1950"]),
        ("Not Ann but Ben.", ["not ann", "but ben"]),
        ("Captain: Ann; nurse: Ben", ["captain", "ann", "nurse", "ben"]),
        ("The harbour, built in 1900, is large.", ["harbour , is large", "built in 1900"]),
        ("It was Gera, before the court moved to Lund.", ["it was gera ,", "before court moved to lund"]),
        ("It was built before 1900.", ["it was built before 1900"]),
        ("The leaves were red, and the roots hold the plant.", ["leaves were red ,", "roots hold plant"]),
        ("They used the pen and the red ink.", ["they used pen and red ink"]),
    ],
)
def test_clauses(text: str, found: list[str]) -> None:
    assert _said(text) == found


def test_what_a_clause_takes_from_the_one_before() -> None:
    first, second = clauses("It was written by Ann and recorded by Ben")
    assert (first.inherits, second.inherits) == (True, True)
    assert [clause.heading for clause in clauses("Captain: Ann")] == ["", ":"]
    assert [clause.turn for clause in clauses("Ann left, but Ben stayed")] == ["", "but"]


def test_brief_items_become_one_list() -> None:
    assert in_line("They are:\n1. salt\n2. tar") == "They are: salt and tar"
    assert in_line("- Ann\n- Ben\n- Cid") == "Ann, Ben and Cid"
    long = "- " + "x" * 80
    assert in_line(f"{long}\n{long}") == f"{long}\n{long}"
    assert in_line("The mayor is:\n\nAnn") == "The mayor is: Ann"
