"""The options that a question lists."""

import pytest

from orca2.reading.options import aliases, lettered, numbered, unlettered

AB = {"A": "Paris", "B": "Lyon"}


@pytest.mark.parametrize(
    "listed",
    [
        "(A) Paris\n(B) Lyon",
        "- (A) Paris\n- (B) Lyon",
        "A. Paris\nB. Lyon",
        "A) Paris\nB) Lyon",
        "a) Paris\nb) Lyon",
        "a. Paris\nb. Lyon",
        "A: Paris\nB: Lyon",
        "[A] Paris\n[B] Lyon",
        "**A)** Paris\n**B)** Lyon",
        "Option A: Paris\nOption B: Lyon",
        "A、Paris\nB、Lyon",
        "（A）Paris\n（B）Lyon",
        "Ａ．Paris\nＢ．Lyon",
        "A.Paris\nB.Lyon",
        "(A) Paris (B) Lyon",
        "Answer Choices: (A) Paris (B) Lyon",
        "Choose: a) Paris b) Lyon",
        "A: Paris B: Lyon",
        "(A) Rome (B) Oslo\nAgain:\n(A) Paris\n(B) Lyon",
    ],
)
def test_lettered(listed: str) -> None:
    assert lettered(f"Which is the capital?\n{listed}") == AB


def test_options_in_columns_and_up_to_ten() -> None:
    assert lettered("Which?\n(A) 30 (B) 35\n(C) 38 (D) 36") == {"A": "30", "B": "35", "C": "38", "D": "36"}
    assert list(lettered("\n".join(f"{letter}. x{letter}" for letter in "ABCDEFGHIJ"))) == list("ABCDEFGHIJ")


@pytest.mark.parametrize(
    "question", ["", "A man goes to town. I like it.", "A. Lincoln was president.", "Sentence A: so. Sentence B: no."]
)
def test_not_lettered(question: str) -> None:
    assert lettered(question) == {}


@pytest.mark.parametrize(
    ("question", "kind", "marks"),
    [
        ("Which?\n1. cork\n2. stone", "number", "1 2"),
        ("Which?\n(1) cork (2) stone", "number", "1 2"),
        ("Which? ① cork ② stone", "number", "1 2"),
        ("Option 1: cork\nOption 2: stone", "number", "1 2"),
        ("Which?\n(i) cork\n(ii) stone", "roman", "i ii"),
        ("Which?\nI. cork\nII. stone", "roman", "i ii"),
    ],
)
def test_numbered(question: str, kind: str, marks: str) -> None:
    assert numbered(question) == (kind, dict(zip(marks.split(), ("cork", "stone"), strict=True)))


def test_a_list_that_the_question_goes_on_after_has_no_options() -> None:
    assert numbered("1. Tom has 2 apples.\n2. Ann has 3.\nHow many are there?")[1] == {}


def test_unlettered() -> None:
    assert unlettered("Is it so?\nOptions:\n- Yes\n- No") == ["Yes", "No"]
    assert unlettered("OPTIONS:\n* yes\n* no\n\nRules:\n- be brief") == ["yes", "no"]
    assert unlettered("Options:\n- (A) yes\n- (B) no") == [] == unlettered("- yes\n- no")
    assert aliases('Sentence A: "He drinks apple."')[1:] == ["sentence a", "he drinks apple"]
