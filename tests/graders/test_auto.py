"""The pick of a grader, and what no text may do to any of them."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto, choice, exact, label, math, number, span, symbols, words
from orca2.graders import json as json_grader

DATA = Path(__file__).resolve().parents[2].parent / "shared/data"
ALL = [auto, choice, exact, json_grader, label, number, span, symbols, words]
TARGETS = ["(A)", "7", "yes", "b a", "] ]", "Sentence A", "", "9" * 5_000]
QUESTIONS = ["", "Sort: a b", "Which?\nOptions:\n(A) x\n(B) y", "Which?\nOptions:\n- yes\n- Sentence A: y"]
# Cues and marks, so that hypothesis reaches the readers behind them.
CUES = ["the answer is ", "Answer:", "\\boxed{", "}", "(A)", " or ", "(B)", "not ", "wait, ", "\n", ". ", "="]
MARKS = ["1/0", "1e99", "- ", "1. ", "**", "yes", "Sentence A", "½", "\ud800", "İ", "9" * 40, "is: ", "a="]
PIECES = st.sampled_from(CUES) | st.sampled_from(MARKS)
HOSTILE = [  # how it begins, what is repeated, and how it ends
    ("", "9", ""),
    ("", "1,", ""),
    ("", "(", ""),
    ("", "[{(", ""),
    ("", "\\boxed{", ""),
    ("", "the answer is ", ""),
    ("answer is: is: is: ", "is: ", ""),
    ("answer: ", "a= ", ""),
    ("answer is ", "(A), ", ""),
    ("answer to ", "x", ""),
    ("", "\\frac{", ""),
    ("", " ", "x"),
    ("", "\n", ""),
    ("", "yes or ", ""),
    ("", "wait, ", ""),
    ("", "- ", ""),
]


@pytest.mark.parametrize(
    ("target", "question", "grader"),
    [
        ("(A)", "", choice),
        ("(A)", "Which?\nOptions:\n(A) 1600\n(B) 1800", choice),
        ("1600", "Which?\nOptions:\n(A) 1600\n(B) 1800", choice),
        ("Yes", "Is it?\nOptions:\n- Yes\n- No", label),
        ("no", "Does the court have enough seats?", label),
        ("two", "How many?\nOptions:\n- two\n- three", label),
        ("True", "not ( False ) is", label),
        ("1,450", "How much?", number),
        ("-50", "", number),
        ("b a", "Reverse the order of these words: a b", words),
        ("] ]", "Complete the rest of the sequence. Input: [ [", symbols),
        ("0042", "What is the code?", span),
        ("Marie Curie", "Who was it?", span),
        ('{"a": 1}', "As JSON?", json_grader),
        ("[1, 2]", "As a list?", json_grader),
        ("x^2 - 1", "Expand.", math),
        ("\\frac{\\pi}{4}", "What is the angle?", math),
        ("[1, 2)", "Which interval?", math),
    ],
)
def test_the_type_is_picked_from_gold_answer_and_question(target: str, question: str, grader: ModuleType) -> None:
    response = f"So the answer is {target}."
    assert auto.load().grade(target, response, question) == grader.load().grade(target, response, question)
    assert auto.load().grade(target, response, question).correct


@pytest.mark.parametrize("grader", ALL)
@given(response=st.text() | st.lists(PIECES, max_size=30).map("".join), data=st.data())
def test_no_text_raises(grader: ModuleType, response: str, data: st.DataObject) -> None:
    target, question = (
        data.draw(st.sampled_from(TARGETS) | st.text()),
        data.draw(st.sampled_from(QUESTIONS) | st.text()),
    )
    verdict = grader.load().grade(target, response, question)
    assert verdict.outcome in ("correct", "wrong", "ambiguous", "unextracted") and verdict.why
    assert (verdict.answer is None) == (verdict.outcome == "unextracted")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("length", [200, pytest.param(100_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(("head", "piece", "end"), HOSTILE)
def test_hostile_text_ends(head: str, piece: str, end: str, length: int) -> None:
    response = head + piece * (length // len(piece)) + end
    for target in TARGETS:
        for question in [*QUESTIONS, response]:
            auto.load().grade(target, response, question)


def _bbh() -> Iterator[tuple[str, str, str]]:
    for path in sorted((DATA / "eval/bbh").glob("*.json.gz")):
        for row in json.loads(gzip.decompress(path.read_bytes()))["examples"]:
            yield row["input"], row["target"], ""


def _flan() -> Iterator[tuple[str, str, str]]:
    for path in sorted((DATA / "flan_cot").glob("*.tsv.gz")):
        for line in gzip.decompress(path.read_bytes()).decode().strip().split("\n"):
            question, answer, rationale = (cell.replace("\\n", "\n") for cell in line.split("\t"))
            yield question, answer, rationale


@pytest.mark.slow
@pytest.mark.parametrize("read", [_bbh, _flan])
def test_every_gold_answer_of_real_data_passes(read: Callable[[], Iterator[tuple[str, str, str]]]) -> None:
    rows = list(read())
    if not rows:
        pytest.skip(f"the shared data is not at {DATA}")
    failing = [
        (target, question)
        for question, target, rationale in rows
        for response in (target, f"{rationale} So the answer is {target}.")
        if not auto.load().grade(target, response, question).correct
    ]
    assert not failing
