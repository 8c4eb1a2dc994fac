"""Lettered answers as chat models write them (`reference/traps.md`, 31)."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import choice

CITIES = "What is the capital of France?\nOptions:\n(A) Paris\n(B) Lyon\n(C) Nice"
FORMS = [
    CITIES,
    CITIES.replace("\n(", "\n- ("),
    "Which?\nA. Paris\nB. Lyon\nC. Nice",
    "Which?\nA) Paris\nB) Lyon\nC) Nice",
]


@pytest.mark.parametrize("question", FORMS)
@pytest.mark.parametrize(
    "response",
    [
        "(A)",
        "A",
        "a",
        "A.",
        "A) Paris",
        "(A) Paris",
        "Paris",
        "paris.",
        "**Answer:** A",
        "**A**",
        "Answer: (A) Paris",
        r"The answer is $\boxed{A}$.",
        r"\boxed{\text{(A)}}",
        "So the answer is (A).",
        "The correct answer is option A because it is the capital.",
        "The answer is a.",
        "The answer is Paris.",
        "So the answer is Paris, not Lyon.",
        "The answer is (A), not (B).",
        "I think B. Wait, A",
        "The answer is B. Wait, A.",
        "The answer is (B). No, let me think again. The answer is (A).",
        "B is wrong, C is wrong, so A",
        "Lyon is large.\nThe capital is Paris.",
        "The answer is not B but A.",
        "A\n\nParis has been the capital since 987.",
        "The final answer is\n\nA",
        "(A) Paris is the seat of government.\nI am certain of it.",
    ],
)
def test_right(question: str, response: str) -> None:
    verdict = choice.load().grade("(A)", response, question)
    assert (verdict.outcome, verdict.answer) == ("correct", "(A)")


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("So the answer is (B).", "wrong"),
        ("So the answer is (E).", "unextracted"),
        ("So the answer is (None of the above).", "unextracted"),
        ("(A) or (B)", "ambiguous"),
        ("A or B", "ambiguous"),
        ("So the answer is (A) or (B).", "ambiguous"),
        ("So the answer is (A) and (B).", "ambiguous"),
        ("(A), (B), (C)", "ambiguous"),
        ("So the answer is (B), (C), and (A).", "ambiguous"),
        ("The answer is Paris or Lyon.", "ambiguous"),
        ("A is wrong.", "unextracted"),
        ("A man goes to town. I like it.", "unextracted"),
        ("Who knows?", "unextracted"),
        ("", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    verdict = choice.load().grade("(A)", response, CITIES)
    assert verdict.outcome == outcome
    assert (verdict.answer is None) == (outcome == "unextracted")


def test_a_letter_twice_is_one_answer() -> None:
    assert choice.load().grade("(B)", "So the answer is (B) or (B).").correct


def test_the_gold_answer_may_be_the_words_of_an_option() -> None:
    assert choice.load().reads("Lyon", CITIES)
    assert choice.load().grade("Lyon", "So the answer is (B).", CITIES).correct
    assert not choice.load().reads("Monsters, Inc", "Which?\nOptions:\n(A) Monsters\n(B) Inc")


def test_letters_are_read_without_any_options() -> None:
    assert choice.load().reads("C", "") and choice.load().grade("C", "The answer is (C).").correct
    assert not choice.load().reads("yes", "")


@given(
    st.sampled_from(string.ascii_uppercase), st.sampled_from(["{}", "({})", "**Answer:** {}", "So the answer is ({})."])
)
def test_a_gold_letter_passes(letter: str, said: str) -> None:
    for gold in (letter, f"({letter})"):
        assert choice.load().reads(gold, CITIES) and choice.load().grade(gold, gold, CITIES).correct
        assert choice.load().grade(gold, said.format(letter), CITIES).correct


@given(
    st.lists(st.text("abcdefgh ,'-", min_size=4, max_size=30).map(str.strip), min_size=2, max_size=8, unique=True),
    st.data(),
)
def test_the_words_of_an_option_pass(options: list[str], data: st.DataObject) -> None:
    options = list(dict.fromkeys(" ".join(option.split()).strip("' ") for option in options))
    options = [option for option in options if len(option) > 3]
    if len(options) < 2:
        return
    index = data.draw(st.integers(0, len(options) - 1))
    letters = string.ascii_uppercase
    question = "Q?\nOptions:\n" + "\n".join(f"({letters[i]}) {option}" for i, option in enumerate(options))
    assert choice.load().grade(f"({letters[index]})", options[index], question).correct
