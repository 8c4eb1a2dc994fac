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


def test_a_rubric_is_what_is_asked_by_and_no_material() -> None:
    criteria = [{"criterion": "It is {kind}.", "weight": 2.0}, {"criterion": "It is short.", "weight": 1.0}]
    for rubric, said in (("It is {kind}.", "It is {kind}."), (criteria, "1. It is {kind}.\n2. It is short.")):
        for made in (score_prompt("", "Hi.", "Greet.", rubric), pair_prompt("Hi.", "Go.", "Greet.", rubric)):
            shown, _, asked = made[-1].content.rpartition(">>>")
            assert said in asked and "{kind}" not in shown and "reference" not in made[-1].content
    assert '"Score 1: N", "Score 2: N"' in score_prompt("", "Hi.", "Greet.", criteria)[-1].content
    assert '"Verdict: A", "Verdict: B" or "Verdict: tie"' in pair_prompt("Hi.", "Go.", "Greet.", criteria)[-1].content
