"""Which strategy an answer is built like: told where strategies differ, and owned up to where they do not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.agreement import FEW, NONE, compare, features, measure, total
from orca2.core.records import FamilyAgreement

KNOWN = {
    "direct": [f"{n}" for n in range(10, 30)],
    "step_by_step": [f"{n} plus 2 is {n + 2}, and 3 more is {n + 5}. So the answer is {n + 5}." for n in range(20)],
    "answer_then_explain": [f"The answer is {n}. It is {n - 2} and two more, taken together." for n in range(20)],
}  # fmt: skip
answers = st.lists(st.text(max_size=200), max_size=20)
known = st.dictionaries(
    st.sampled_from(["direct", "step_by_step", "own"]),
    st.lists(st.text(min_size=1, max_size=80), max_size=9),
    max_size=3,
)


def test_features_say_where_the_answer_stands() -> None:
    assert features("Paris") == features("42")
    words, before, after, _, _, opens, closes = features("The answer is 4. Two and two make it.")
    assert before == 0 < after < words and (opens, closes) == (1, 0)
    words, before, after, _, steps, opens, closes = features("1. Two.\n2. And two.\nSo the answer is 4.")
    assert after == 0 < before < words and steps > 0 and (opens, closes) == (0, 1)
    assert features("") == (0,) * 7


@pytest.mark.parametrize(
    ("text", "strategy"),
    [
        ("57", "direct"),
        ("41 plus 2 is 43, and 3 more is 46. So the answer is 46.", "step_by_step"),
        ("The answer is 12. It is ten and two more, taken together.", "answer_then_explain"),
        ("To solve this we need to look. " * 40, NONE),
        ("", NONE),
        (" \n", NONE),
    ],
)
def test_answers_are_taken_for_what_they_are_built_like(text: str, strategy: str) -> None:
    assert compare(measure("direct", KNOWN), [text]).taken == {strategy: 1}


def test_references_are_told_with_themselves_left_out() -> None:
    row = measure("direct", KNOWN).record("teacher")
    assert (row.source, row.told, row.references, row.clear) == ("teacher", 60, 60, True)
    assert row.confusion["direct"] == {"direct": 20}


def test_strategies_that_look_the_same_cannot_be_told_apart() -> None:
    found = measure("direct", {**KNOWN, "terse": KNOWN["direct"]})
    assert found.alike == ["terse"]
    assert not found.clear
    assert "step_by_step" not in found.alike


def test_too_few_references() -> None:
    found = measure("direct", {"direct": ["1"] * (FEW - 1), "step_by_step": KNOWN["step_by_step"]})
    assert found.record("teacher").unknown == ("direct",)
    assert compare(found, ["1", "2"], family="sums") == FamilyAgreement(items=2, family="sums")
    assert not measure("direct", {"direct": KNOWN["direct"]}).clear  # nothing to tell it from
    assert not measure("direct", {**KNOWN, "own": ["x"]}).clear
    assert measure("set_by_hand", {}).unknown == ("set_by_hand",)


def test_totals_leave_out_families_that_are_not_clear() -> None:
    clear, dim = measure("direct", KNOWN), measure("direct", {"direct": KNOWN["direct"]})
    pairs = [(clear, compare(clear, ["1", "22", KNOWN["step_by_step"][0]])), (dim, compare(dim, ["1"]))]
    row = total(pairs, student="base")
    assert (row.items, row.agreeing, row.families, row.of, row.student) == (3, 2, 1, 2, "base")
    assert (total([]).items, total([]).low, total([]).high) == (0, 0, 1)


@given(known, answers)
def test_every_answer_is_counted_once(texts: dict[str, list[str]], said: list[str]) -> None:
    found = measure("direct", texts)
    row = compare(found, said)
    assert row.items == len(said)
    assert (row.agreeing is None) == (found.classifier is None)
    if row.agreeing is not None and row.low is not None and row.high is not None:
        assert sum(row.taken.values()) == len(said)
        assert row.taken.keys() <= {*found.confusion, NONE}
        assert 0 <= row.low <= row.agreeing / max(len(said), 1) <= row.high <= 1
    for name, guesses in found.confusion.items():
        assert sum(guesses.values()) == sum(bool(text.strip()) for text in texts[name])
    assert 0 <= found.record("").told <= found.record("").references


@given(st.permutations(KNOWN["step_by_step"]), st.permutations(KNOWN["direct"]), answers)
def test_order_of_the_references_does_not_matter(steps: Sequence[str], bare: Sequence[str], said: list[str]) -> None:
    one = compare(measure("direct", {"direct": bare, "step_by_step": steps}), said)
    assert one == compare(measure("direct", {"step_by_step": KNOWN["step_by_step"], "direct": KNOWN["direct"]}), said)


@given(st.sampled_from(sorted(KNOWN)), st.sampled_from(sorted(KNOWN)))
def test_the_choice_does_not_change_what_an_answer_looks_like(one: str, other: str) -> None:
    texts = [text for found in KNOWN.values() for text in found]
    assert compare(measure(one, KNOWN), texts).taken == compare(measure(other, KNOWN), texts).taken
