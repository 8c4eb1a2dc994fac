"""Literals by value and type, wherever in a text they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.reading.literals import NOTHING, literals, parse, same

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("ab c", max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_what_python_writes_is_read_again(value: object) -> None:
    assert same(value, parse(repr(value)))


@pytest.mark.parametrize(("text", "value"), [("{'a': (1, None)}", {"a": (1, None)}), ('{"a": true}', {"a": True})])
def test_python_and_json(text: str, value: object) -> None:
    assert same(value, parse(text))


@pytest.mark.parametrize("text", ["", "[1, 2", "hello there", "f(x)", "__import__('os')"])
def test_what_is_no_literal(text: str) -> None:
    assert parse(text) is NOTHING


@pytest.mark.parametrize(("one", "other"), [(True, 1), (1, 1.0), ([1], (1,)), ({1}, [1]), ([[1]], [[True]])])
def test_types_count_all_the_way_down(one: object, other: object) -> None:
    assert not same(one, other) and same(one, one)


def test_the_outermost_ones_the_last_first() -> None:
    text = "First [1, [2]], then [3]."
    assert [value for _, _, value in literals(text, list)] == [[3], [1, [2]]]
    assert [text[start:end] for start, end, _ in literals(text, list)] == ["[3]", "[1, [2]]"]
