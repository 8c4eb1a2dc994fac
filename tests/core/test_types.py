"""The nouns: verdicts that count, shares, and the name of a task."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.types import Outcome, TrialSummary, Verdict, task_id

OUTCOMES: tuple[Outcome, ...] = ("correct", "wrong", "ambiguous", "unextracted", "truncated", "failed")


def test_an_answer_that_can_be_read_is_right_or_wrong() -> None:
    verdicts = {outcome: Verdict(outcome, None, "") for outcome in OUTCOMES}
    assert [name for name, verdict in verdicts.items() if verdict.correct] == ["correct"]
    assert [name for name, verdict in verdicts.items() if verdict.format_ok] == ["correct", "wrong"]


def test_a_cell_has_the_share_of_its_right_trials() -> None:
    assert TrialSummary(trials=4, correct=3, tokens=1.0, low=0.0, high=1.0).accuracy == 0.75
    assert TrialSummary(trials=0, correct=0, tokens=0.0, low=0.0, high=1.0).accuracy == 0


@given(st.text(), st.text())
def test_a_prompt_has_one_name_and_no_other_prompt_has_it(one: str, other: str) -> None:
    name = task_id(one)
    assert len(name) == 16 and int(name, 16) >= 0 and (task_id(other) == name) == (one == other)
