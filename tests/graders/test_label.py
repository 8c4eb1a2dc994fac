"""Labels: the fixed words and the unlettered options of a question."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import label

YES_NO = "Is it so?\nOptions:\n- Yes\n- No"
VALID = "Is the argument deductively valid or invalid?\nOptions:\n- valid \n- invalid"
ROOM = "What did they leave?\nOptions:\n- mess\n- bloody mess\n- u.s. mail\n- have fun"
SENTENCES = 'Which makes no sense?\nOptions:\n- Sentence A: "He drinks apple."\n- Sentence B: "He drinks milk."'


@pytest.mark.parametrize(
    ("target", "response", "question"),
    [
        ("False", "False", ""),
        ("False", "Z = not ( True ) = False. So the answer is False.", ""),
        ("False", "not ( True ) = False", ""),
        ("True", "The answer is not False = True.", ""),
        ("Yes", "yes", YES_NO),
        ("No", "**No**", YES_NO),
        ("yes", "Yes, because the court has nine seats.", ""),
        ("yes", "Yes, it does.\n\nThe court has nine seats.", ""),
        ("no", "There were fifteen ministers. So the answer is no.", ""),
        ("no", "Fifteen is more than nine, so no.", ""),
        ("no", "The answer is yes. Wait, no.", ""),
        ("invalid", "The argument is invalid.", VALID),
        ("invalid", "The argument, given the premises, is not deductively valid.", VALID),
        ("valid", "So the answer is valid.", VALID),
        ("bloody mess", "bloody mess", ROOM),
        ("bloody mess", "So the answer is bloody mess.", ROOM),
        ("bloody mess", "They left a bloody mess.", ROOM),
        ("mess", "The answer is: mess", ROOM),
        ("u.s. mail", "So the answer is u.s. mail.", ROOM),
        ("Sentence A", "Sentence A", SENTENCES),
        ("Sentence A", "So the answer is Sentence A.", SENTENCES),
        ("Sentence A", 'Sentence A: "He drinks apple."', SENTENCES),
        ("Sentence A", "He drinks apple.", SENTENCES),
        ("Sentence A", "An apple is eaten.\nTherefore sentence A makes no sense.", SENTENCES),
        ("Sentence A", "The answer is Sentence A, as Sentence B is common.", SENTENCES),
    ],
)
def test_right(target: str, response: str, question: str) -> None:
    assert label.load().grade(target, response, question).outcome == "correct"


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [
        ("yes", "So the answer is no.", "", "wrong"),
        ("valid", "invalid", VALID, "wrong"),
        ("mess", "So the answer is bloody mess.", ROOM, "wrong"),
        ("yes", "The answer is yes or no.", "", "ambiguous"),
        ("Sentence A", "Sentence A and Sentence B", SENTENCES, "ambiguous"),
        ("Sentence A", "Milk is a drink.", SENTENCES, "unextracted"),
        ("no", "There is no way to know this.", "", "unextracted"),
        ("False", "= not False and True and False = not False and", "", "unextracted"),
        ("yes", "", "", "unextracted"),
    ],
)
def test_not_right(target: str, response: str, question: str, outcome: str) -> None:
    verdict = label.load().grade(target, response, question)
    assert verdict.outcome == outcome
    assert (verdict.answer is None) == (outcome == "unextracted")


WORDS = st.lists(st.text(string.ascii_letters, min_size=1, max_size=9), min_size=1, max_size=3).map(" ".join)


@given(st.lists(WORDS, min_size=2, max_size=6, unique_by=str.lower), st.data())
def test_a_gold_label_passes(options: list[str], data: st.DataObject) -> None:
    question = "Which?\nOptions:\n" + "".join(f"- {option}\n" for option in options)
    gold = data.draw(st.sampled_from(options))
    assert label.load().reads(gold, question)
    for response in (gold, gold.upper(), f"So the answer is {gold}."):
        assert label.load().grade(gold, response, question).correct


@given(st.sampled_from(["yes", "no", "True", "False", "valid", "Invalid"]))
def test_a_fixed_word_passes_without_options(gold: str) -> None:
    assert label.load().reads(gold, "") and label.load().grade(gold, gold).correct
    assert label.load().grade(gold, f"So the answer is {gold.lower()}.").correct
