"""The nouns: verdicts that count, shares, and all that a task asks."""

from orca2.core.types import Message, Outcome, Task, TrialSummary, Verdict

OUTCOMES: tuple[Outcome, ...] = ("correct", "wrong", "ambiguous", "unextracted", "truncated", "failed")


def test_an_answer_that_can_be_read_is_right_or_wrong() -> None:
    verdicts = {outcome: Verdict(outcome, None, "") for outcome in OUTCOMES}
    assert [name for name, verdict in verdicts.items() if verdict.correct] == ["correct"]
    assert [name for name, verdict in verdicts.items() if verdict.format_ok] == ["correct", "wrong"]


def test_a_cell_has_the_share_of_its_right_trials() -> None:
    assert TrialSummary(trials=4, correct=3, tokens=1.0, low=0.0, high=1.0).accuracy == 0.75
    assert TrialSummary(trials=0, correct=0, tokens=0.0, low=0.0, high=1.0).accuracy == 0


def test_all_that_a_task_asks() -> None:
    history = (Message("user", "2+2?"), Message("assistant", "4"))
    task = Task("t", "f", "+1?", "5", "auto", "train", system="Be kind.", history=history)
    assert task.before == (Message("system", "Be kind."), *history)
    assert task.messages == (*task.before, Message("user", "+1?"))
    assert Task("t", "f", "+1?", "5", "auto", "train").messages == (Message("user", "+1?"),)
