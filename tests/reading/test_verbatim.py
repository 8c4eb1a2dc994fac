"""Gold answers of which nothing is forgiven."""

import pytest

from orca2.reading.verbatim import is_verbatim, offered, same

CODE = "assert f(1) == ??"


@pytest.mark.parametrize(
    "gold", ["-3,2", "2,-5", "\\sec x", "[1, 2]", "{4: 0}", "x^2", "443_5", "a + b", "->", "-221_3"]
)
def test_no_words(gold: str) -> None:
    assert is_verbatim(gold, "")


@pytest.mark.parametrize(
    ("gold", "question", "expected"),
    [
        ("'abc'", CODE, True),
        ("'WINNIE MAE'", "What was it called?", False),
        ("Ben-Gurion", "", False),
        ("1723-1792", "", False),
        ("C++", "", False),
        ("half-baked", "", False),
        ("Mira Holt (1901)", "", False),
        ("-ose", "Which suffix do sugars have?", False),
        ("-pi", "Where does it start?", True),
    ],
)
def test_words_and_quotes(gold: str, question: str, expected: bool) -> None:
    assert is_verbatim(gold, question) == expected


def test_spaces_around_signs_and_outer_marks_do_not_count_but_spaces_in_quotes_do() -> None:
    assert same("2,-5", "$2, -5$.")
    assert not same("2,-5", "2,5")
    assert not same("-3,2", "-3,-2,2,5")
    assert not same("'a b'", "'ab'")
    assert not same("'-mmk'", "'mmk-'")
    assert not same("'Abc'", "'abc'")


def test_what_prose_offers() -> None:
    assert "'x y'" in list(offered("It is long. So f returns 'x y'."))
