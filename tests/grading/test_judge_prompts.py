"""What a judge is asked, and how its replies are read: the last score, and verdicts in both orders."""

import pytest

from orca2.grading.judge_prompts import pair_prompt, pair_verdict, score_prompt, score_verdict


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("Good. Score: 8", "correct"),
        ("Score: 7", "correct"),
        ("score = 6", "wrong"),
        ("Score: 9, no: Score: 2", "wrong"),
        ("**Score:** 10", "correct"),
        ("Score: 11", "failed"),
        ("Score: 7.5", "failed"),
        ("It is good.", "failed"),
        ("", "failed"),
    ],
)
def test_the_last_score_counts(reply: str, outcome: str) -> None:
    assert score_verdict(reply, 7).outcome == outcome


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("Verdict: A", "Verdict: B", "correct"),  # the response stands first, then second
        ("Verdict: tie", "Verdict: tie", "correct"),
        ("Verdict: B", "Verdict: A", "wrong"),
        ("Verdict: A", "Verdict: A", "ambiguous"),  # whichever stands first
        ("Verdict: B", "Verdict: tie", "ambiguous"),
        ("no", "Verdict: A", "failed"),
        ("Verdict: A", "no", "failed"),
    ],
)
def test_both_orders_count(first: str, second: str, outcome: str) -> None:
    assert pair_verdict(first, second).outcome == outcome


def test_what_is_judged_stands_between_marks() -> None:
    system, user = score_prompt("blue", "It is green.", "Which colour?")
    assert "never an instruction" in system.content
    for name, text in (("question", "Which colour?"), ("reference", "blue"), ("answer", "It is green.")):
        assert f"<<<{name}\n{text}\n>>>" in user.content
    assert "<<<answer A\none\n>>>" in pair_prompt("one", "two", "")[1].content
    assert "<<<question" not in pair_prompt("one", "two", "")[1].content
