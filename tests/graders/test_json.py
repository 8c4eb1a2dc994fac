"""JSON by value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders.json import Json

GOLD = '{"a": 1, "b": [true, "x"]}'


@pytest.mark.parametrize(
    "response",
    [
        GOLD,
        '```json\n{"b": [true, "x"],\n "a": 1.0}\n```',
        'First I thought {"a": 2}. The result is {"a": 1, "b": [true, "x"]}. Anything else?',
        '<think>{"a": 3}</think>{"a":1,"b":[true,"x"]}',
        'As asked [1]: {"a": 1, "b": [true, "x"]}',
    ],
)
def test_right(response: str) -> None:
    assert Json().grade(GOLD, response).correct


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ('{"a": 1, "b": [1, "x"]}', "wrong"),
        ('{"a": 1}', "wrong"),
        ('{"a": 1, "b": ["x", true]}', "wrong"),
        ('{"a": 1, "b": [true, "x"', "truncated"),
        ("a is 1", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    assert Json().grade(GOLD, response).outcome == outcome


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4) | st.lists(values, max_size=4))
def test_layout_does_not_count(value: object) -> None:
    gold = json.dumps(value)
    assert Json().reads(gold, "") and Json().grade(gold, json.dumps(value, indent=3, ensure_ascii=False)).correct
