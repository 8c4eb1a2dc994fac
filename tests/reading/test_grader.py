"""What each grader reads where there is no gold answer, and that it is what it would accept."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import load_grader
from orca2.reading.grader import ReadsAnswers

CASES: list[tuple[str, dict[str, Any], str, str, str | None]] = [
    ("number", {}, "What does it cost?", "So it costs $1,450.00 in all.", "1450"),
    ("number", {}, "How many?", "3 apples and 4 apples make 7 apples. The answer is 7.", "7"),
    ("number", {}, "How many?", "The answer is 5 or 6.", None),
    ("number", {}, "How many?", "I do not know.", None),
    ("choice", {}, "Which is a fruit?\n(A) stone\n(B) plum", "So it is plum.", "(B)"),
    ("choice", {}, "Which is a fruit?\n(A) stone\n(B) plum", "The answer is A or B.", None),
    ("choice", {}, "Which is a fruit?\n(A) stone\n(B) plum", "The answer is (C).", None),
    ("label", {"labels": ["billing", "refund"]}, "Which queue?", "It is a refund.", "refund"),
    ("label", {"labels": ["billing", "refund"]}, "Which queue?", "billing or refund", None),
    ("label", {}, "Is it so?", "No, because it is not.", "no"),
    ("label", {}, "What is it?\nOptions:\n- bloody mess\n- cake", "So the answer is cake.", "cake"),
    ("label", {}, "Is it billing, shipping or refund?", "The answer is shipping.", "shipping"),
    ("labels", {"labels": ["billing", "refund", "shipping"]}, "Which?", "- Refund\n- Billing", "billing, refund"),
    ("date", {}, "When?", "The contract ends on December 29, 2025.", "December 29, 2025"),
    ("literal", {}, "What does f() return?", "So f returns [2, 1].", "[2, 1]"),
    ("literal", {}, "What does f() print?", "The output is 'abc'.", "'abc'"),
    ("symbols", {}, "Complete: { ( [", "So the rest is `])}`.", "] ) }"),
    ("words", {}, "Put in order: pour, boil, drink", "1. Boil\n2. Pour\n3. Drink", "boil pour drink"),
    ("json", {}, "As JSON?", 'The object is {"a": 1.0}.', '{"a": 1.0}'),
    ("json", {}, "As JSON?", f'The object is {{"a": "{"x" * 300}"}}.', f'{{"a": "{"x" * 300}"}}'),
    ("math", {}, "Solve.", r"The answer is $\boxed{\frac{3}{4}}$.", r"\frac{3}{4}"),
    ("span", {}, "What is the capital of France?", "The answer is Paris.", "Paris"),
    ("exact", {}, "Which city?", "It is far. The answer is New York City.", "New York City."),
]


@pytest.mark.parametrize(("name", "options", "question", "response", "answer"), CASES)
def test_the_answer_is_read_without_a_gold_one(
    name: str, options: dict[str, Any], question: str, response: str, answer: str | None
) -> None:
    grader = load_grader(name, options)
    assert isinstance(grader, ReadsAnswers)
    assert grader.answer_in(response, question) == answer
    if answer is not None:
        assert grader.grade(answer, response, question).correct and grader.grade(answer, answer, question).correct


@pytest.mark.parametrize("name", ["auto", "judge", "alternatives"])
def test_a_grader_without_a_type_of_its_own_reads_none(name: str) -> None:
    assert not isinstance(load_grader(name, {}), ReadsAnswers)


@given(
    st.integers(-(10**6), 10**6), st.sampled_from(["{}", "The answer is {}.", "So it is {}.", "Thus, \\boxed{{{}}}."])
)
def test_a_number_is_read_however_it_is_stated(value: int, said: str) -> None:
    grader = load_grader("number", {})
    assert isinstance(grader, ReadsAnswers)
    read = grader.answer_in(said.format(value), "How much is it?")
    assert read is not None and float(read) == value


def test_a_function_of_a_file_reads_none(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def grade(target, response, question): ...\n")
    assert not isinstance(load_grader("./mine.py", {}, tmp_path), ReadsAnswers)
