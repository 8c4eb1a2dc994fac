"""Words in normal form and the forms of a name."""

import pytest

from orca2.reading.names import Name, found_in, name, tokens, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Núñez", "jose nunez"),
        ("the Café", "CAFE"),
        ("P. V. Holt", "PV Holt"),
        ("J K L", "JKL"),
        ("D.I.V.O.R.C.E.", "D-I-V-O-R-C-E"),
        ("4 March 1789", "March 4th, 1789"),
        ("7:15 pm", "7:15 PM"),
        ("1,500 boats", "1500 boats"),
        ("Ben-Gurion", "Ben Gurion"),
        ("Dr. Holt", "Doctor Holt"),
        ("salt & tar", "salt and tar"),
        ("three levels", "3 levels"),
    ],
)
def test_the_same_words(one: str, other: str) -> None:
    assert words(one) == words(other) != ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C"),
        ("C#", "C"),
        ("-5 degrees", "5 degrees"),
        ("£100", "$100"),
        ("9.8", "98"),
        ("50%", "50"),
        ("Vitamin A", "Vitamin B"),
    ],
)
def test_other_words(one: str, other: str) -> None:
    assert words(one) != words(other)


def _found(gold: Name, text: str) -> list[str]:
    said = tokens(text)
    return [" ".join(token.plain for token in said[start:end]) for start, end in found_in(said, gold)]


@pytest.mark.parametrize(
    ("gold", "text", "found"),
    [
        ("Mira Holt", "by Holt, Mira", ["holt , mira"]),
        ("Holt, Mira", "by Mira Holt", ["mira holt"]),
        ("Mira Holt", "by Mira J. Holt", ["mira j holt"]),
        ("Mira Jane Holt", "by Mira J. Holt", ["mira j holt"]),
        ("Mira Jane Holt", "by Mira Holt", ["mira holt"]),
        ("Mira Holt", "President Holt spoke", ["president holt"]),
        ("Professor Mira Holt", "by Mira Holt", ["mira holt"]),
        ("Mrs. Holt", "by Mr. Holt", []),
        ("Mira Holt", "by Mira Bolt", []),
        ("Mira Holt", "by Sara Holt", []),
        ("Mira Holt", "Holt", []),
        ("Mira Holt or SARA HOLT", "by Sara Holt", ["sara holt"]),
        ("Trick or Treat", "Trick", []),
        ("Echidna (spiny anteater)", "the echidna", ["echidna"]),
        ("Mira Holt (accept Mira Berg)", "by Mira Berg", ["mira berg"]),
        ("Seashells", "sea shells", ["sea shells"]),
        ("Sea Shells", "seashells", ["seashells"]),
        ("Ann, Ben and Cid", "by Cid, Ann and Ben", ["cid , ann and ben"]),
        ("Ann, Ben and Cid", "by Cid and Ann", []),
        ("Ann and Ben", "by Ann and her brother Ben", ["ann and her brother ben"]),
        ("Ann and Ben", "by Ann, Dan and Ben", []),
    ],
)
def test_forms_of_a_person(gold: str, text: str, found: list[str]) -> None:
    assert _found(name(gold, person=True), text) == found


def test_a_place_goes_without_its_country_but_not_with_another() -> None:
    paris = name("Paris, France", place=True)
    assert _found(paris, "in Paris") == ["paris"]
    assert _found(paris, "in Paris, France") == ["paris , france"]
    assert _found(paris, "in Paris, Texas") == []
    assert _found(name("Paris, France"), "in Paris") == []


def test_a_noun_of_the_question_may_go() -> None:
    assert _found(name("the river Ardle", kinds=("river",)), "the Ardle") == ["ardle"]
    assert _found(name("the river Ardle"), "the Ardle") == []
