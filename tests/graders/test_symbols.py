"""Strings of symbols."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.graders import symbols

QUESTION = "Complete the rest of the sequence, so that the brackets are closed properly. Input: < [ ["


@pytest.mark.parametrize(
    "response",
    [
        "] ] >",
        "]]>",
        "So the answer is ] ] >.",
        "The sequence becomes < [ [ ] ] >",
        "**] ] >**",
        "`]]>`",
        "Answer: $] ] >$",
        "\\boxed{] ] >}",
        "The missing ones are ], ], >",
        "We open < first.\nThe answer is ] ] >\n\nI hope this helps!",
        "<think>maybe ) )</think>] ] >",
    ],
)
def test_right(response: str) -> None:
    assert symbols.load().grade("] ] >", response, QUESTION).correct


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ("] ]", "wrong"),
        ("> ] ]", "wrong"),
        ('The answer is "] ] ]".', "wrong"),
        ("I cannot tell.", "unextracted"),
        ("", "unextracted"),
    ],
)
def test_not_right(response: str, outcome: str) -> None:
    assert symbols.load().grade("] ] >", response, QUESTION).outcome == outcome


def test_what_is_read() -> None:
    assert symbols.load().reads("] )", "") and symbols.load().reads("-> <-", "")
    assert (
        not symbols.load().reads("(A)", "")
        and not symbols.load().reads("3 + 4", "")
        and not symbols.load().reads(" ", "")
    )


@given(st.text("()[]{}<>", min_size=1, max_size=20))
def test_gold_passes_in_any_phrasing(gold: str) -> None:
    spaced = " ".join(gold)
    for response in (gold, spaced, f"So the answer is {spaced}.", f"**{spaced}**"):
        assert symbols.load().grade(spaced, response).correct
