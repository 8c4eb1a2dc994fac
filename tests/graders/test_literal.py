"""Literals of a program: by value and type, exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import auto
from orca2.graders.literal import Literal
from orca2.reading.literals import NOTHING, parse, same

C = "Complete the assertion: assert f(x) == ??"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    | st.tuples(inner, inner),
    max_leaves=6,
)  # fmt: skip


@pytest.mark.parametrize(
    ("target", "response", "question", "outcome"),
    [
        ("[1, 2]", "f returns [1, 2].", C, "correct"),
        ("[1, 2]", "f returns [2, 1].", C, "wrong"),
        ("[1, 2]", "[1,2]", C, "correct"),
        ("[1, 2]", "(1, 2)", C, "wrong"),
        ("[1, 2]", "['1', '2']", C, "wrong"),
        ("[-1, 2]", "f returns [1, 2].", C, "wrong"),
        ("{'a': 1}", '{"a": 1}', C, "correct"),
        ("{'a': 1}", "{'a': 1, 'b': 2}", C, "wrong"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", C, "correct"),
        ("{1, 2}", "{2, 1}", C, "correct"),
        ("(1,)", "(1)", C, "wrong"),
        ("(1,)", "The result is `(1,)`.", C, "correct"),
        ("()", "It returns ().", C, "correct"),
        ("set()", "It returns set().", C, "correct"),
        ("None", "It returns None.", C, "correct"),
        ("None", "It returns 0.", C, "wrong"),
        ("True", "assert f(x) == True", C, "correct"),
        ("True", "assert f(x) == False", C, "wrong"),
        ("'abc'", "abc", C, "correct"),
        ("'abc'", "'ABC'", C, "wrong"),
        ("'abc'", '"abc"', C, "correct"),
        ("'abc'", "The output is abc.", C, "correct"),
        ("'abc'", "The output is `abc`.", C, "correct"),
        ("'abc'", "The output is 'abc '.", C, "wrong"),
        ("'a, b'", "assert f(x) == 'a, b'", C, "correct"),
        ("''", "assert f(x) == ''", C, "correct"),
        ("''", "It returns an empty string.", C, "correct"),
        ("[]", "It returns an empty list.", C, "correct"),
        ("[]", "[0]", C, "wrong"),
        ("'5'", "5", C, "correct"),
        ("3.0", "3.0", C, "correct"),
        ("[1.5, 2.0]", "[1.5, 2.0]", C, "correct"),
        ("['x']", "The answer is either ['x'] or ['y'].", C, "ambiguous"),
        ("['x']", "First I thought ['y'], but the function returns ['x'].", C, "correct"),
        ("{4: False, 7: 0}", "{4: 0, 7: False}", C, "wrong"),
        ("(True, False)", "(True, True)", C, "wrong"),
        ("[[1, 2], [3]]", "```python\n[[1, 2], [3]]\n```", C, "correct"),
        ("[[1, 2], [3]]", "So we get [[1, 2], [3]], since [3] comes last.", C, "correct"),
        ("'it\\'s'", '"it\'s"', C, "correct"),
        ("'a\\nb'", "'a\\nb'", C, "correct"),
        ("'a\\nb'", '{"answer": "a\\nb"}', C, "correct"),
        ("'-mmk'", "-mmk", C, "correct"),
        ("{'k': [1, (2, 3)]}", "After the loop, d = {'k': [1, (2, 3)]}", C, "correct"),
        ("nan", "nan", C, "correct"),
        ("b'ab'", "b'ab'", C, "correct"),
        ("1e3", "1000.0", C, "correct"),
    ],
)
def test_outcomes(target: str, response: str, question: str, outcome: str) -> None:
    assert auto.load().grade(target, response, question).outcome == outcome


@given(VALUES)
def test_a_literal_is_right_for_itself(value: object) -> None:
    assert same(value, parse(repr(value)))
    assert Literal().grade(repr(value), repr(value), C).correct


@given(VALUES, VALUES)
def test_another_value_is_never_right(gold: object, value: object) -> None:
    if not same(gold, value) and not isinstance(gold, str):
        assert not Literal().grade(repr(gold), f"So f returns {value!r}.", C).correct


def test_only_questions_about_code_have_quotations_for_literals() -> None:
    assert Literal().reads("'abc'", C) and not Literal().reads("'abc'", "What did she say?")
    assert Literal().reads("{'a': 1}", "") and not Literal().reads("(3, 2)", "Find the midpoint.")
    assert parse("abc") is NOTHING and parse("true") is True
