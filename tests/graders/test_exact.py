"""Text compared as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import exact


@pytest.mark.parametrize(
    ("target", "response"),
    [
        ("Monsters, Inc", "monsters,  inc."),
        ("Monsters, Inc", "So the answer is Monsters, Inc."),
        ("0042", "The code is long. The answer is 0042."),
        ("0042", "**0042**"),
        ("] ]", "] ]"),
        ("] ]", "So the answer is ]]."),
        ("dearth, wind, & fire", '"dearth, wind, & fire"'),
        ("the answer is blowing", "The answer is blowing"),
        ("Paris", "Let me think.\nParis."),
    ],
)
def test_right(target: str, response: str) -> None:
    assert exact.load().grade(target, response).outcome == "correct"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("So the answer is 42.", "wrong"),
        ("42", "wrong"),
        ("Hard to say. It depends on much.", "unextracted"),
        ("", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    assert exact.load().grade("0042", response).outcome == outcome


@given(st.text(min_size=1, max_size=60).filter(lambda text: any(map(str.isalnum, text)) and "</think>" not in text))
def test_a_gold_text_passes(gold: str) -> None:
    assert exact.load().grade(gold, gold).correct
