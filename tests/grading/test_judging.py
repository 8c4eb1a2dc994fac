"""Open answers at a judge: what it is asked of, what cut answers count as, and a judge that fails."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Task
from orca2.errors import RecipeError
from orca2.grading.judging import judge_all, load_judge_client, named
from tests.server import serve

TASK = Task("t", "f", "Which colour?", "blue", "judge", "test")
WHOLE = Completion("It is blue.", "stop")


def spec(reply: str, mode: str = "score") -> dict[str, Any]:
    options = {"default": reply}
    return {"model": "scripted", "options": options, "mode": mode, "passing": 7, "max_tokens": 64,
            "panel": {}}  # fmt: skip


def outcome(reply: str, completion: Completion = WHOLE, mode: str = "score") -> str:
    judge = load_judge_client(Path(), spec(reply, mode))
    return judge_all({0: (TASK, completion)}, judge)[0].outcome


@pytest.mark.parametrize(
    ("reply", "mode", "verdict"),
    [("Score: 8", "score", "correct"), ("Score: 2", "score", "wrong"), ("!busy", "score", "failed"),
     ("Verdict: tie", "pairwise", "correct"), ("Verdict: A", "pairwise", "ambiguous"), ("!busy", "pairwise", "failed")],
)  # fmt: skip
def test_what_the_judge_says_is_the_verdict(reply: str, mode: str, verdict: str) -> None:
    assert outcome(reply, mode=mode) == verdict


def test_a_cut_answer_may_be_right_and_is_never_wrong() -> None:
    cut = Completion("It is blue. And so", "length")
    assert outcome("Score: 8", cut) == "correct"
    assert outcome("Score: 2", Completion("It is green. And so", "length")) == "truncated"


def test_an_answer_that_breaks_off_in_thoughts_is_not_judged() -> None:
    assert outcome("Score: 8", Completion("<think>It may be", "length")) == "truncated"


def test_without_a_judge_it_is_said_what_to_add() -> None:
    assert load_judge_client(Path(), None) is None
    with pytest.raises(RecipeError, match=r"add a section \[judge\]"):
        named(None)


@pytest.mark.parametrize(
    ("replies", "verdict", "why"),
    [
        (
            ("Score: 8", "Score: 9", "Score: 2"),
            "correct",
            "2 of 3 judges: judged 8 of 10; judged 9 of 10; judged 2 of 10",
        ),
        (("Score: 8", "Score: 2"), "ambiguous", "1 of 2 judges"),
        (("!busy", "Score: 2", "!busy"), "failed", "2 of 3 judges: the judge failed: busy"),
    ],
)
def test_most_of_a_panel_decide(replies: tuple[str, ...], verdict: str, why: str) -> None:
    first, *others = replies
    panel = {f"j{n}": {"model": "scripted", "options": {"default": reply}} for n, reply in enumerate(others)}
    judge = load_judge_client(Path(), {**spec(first), "panel": panel}, lambda model: ModelClient(Named(model)))
    found = judge_all({0: (TASK, WHOLE)}, judge)[0]
    assert found.outcome == verdict and found.why.startswith(why) and found.grader == "judge"


class Named:
    """A scripted judge under a name of its own, as two models have."""

    def __init__(self, model: Any) -> None:
        self.name, self.keep, self.generate = f"scripted {model.default}", False, model.generate


CRITERIA = [{"criterion": "It is kind.", "weight": 1.0}, {"criterion": "It is short.", "weight": 3.0}]


@pytest.mark.parametrize(
    ("rubric", "reply", "verdict", "why"),
    [
        ("It is kind.", "Score: 8", "correct", "judged 8 of 10"),
        (CRITERIA, "It is.\nScore 1: 4\nScore 2: 8", "correct", "judged 7 of 10 (4, 8)"),
        (CRITERIA, "**Score 1:** 10\n**Score 2:** 5", "wrong", "judged 6.25 of 10 (10, 5)"),
        (CRITERIA, "Score 1: 9", "failed", "the judge gave no score for criterion 2: 'Score 1: 9'"),
        (CRITERIA, "Score: 9", "failed", "the judge gave no score for criterion 1: 'Score: 9'"),
    ],
)
def test_a_rubric_decides_without_a_target(rubric: Any, reply: str, verdict: str, why: str) -> None:
    task = Task("t", "f", "Write a note.", "", "judge", "test", {}, {"rubric": rubric}, "judged")
    judge = load_judge_client(Path(), spec(reply))
    found = judge_all({0: (task, WHOLE)}, judge)[0]
    assert (found.outcome, found.why, found.gold) == (verdict, why, "judged")


def test_in_pairs_there_has_to_be_another_answer() -> None:
    task = Task("t", "f", "Write a note.", "", "judge", "test", {}, {"rubric": "It is kind."}, "judged")
    judge = load_judge_client(Path(), spec("Verdict: tie", "pairwise"))
    assert judge_all({0: (task, WHOLE)}, judge)[0].why == "there is no answer of the teacher's to judge it against"
    against = replace(task, target="Dear all.")
    assert judge_all({0: (against, WHOLE)}, judge)[0].outcome == "correct"


@pytest.mark.parametrize(("mode", "calls"), [("score", 1), ("pairwise", 2)])
def test_a_judge_sees_the_whole_conversation(
    mode: str, calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    history = (Message("user", "Name the ship."), Message("assistant", "The Beagle."))
    task = replace(TASK, system="Answer for sailors.", history=history)
    with serve(lambda messages: "Verdict: tie\nScore: 9") as (url, received):
        made = {**spec("", mode), "model": "openai", "options": {"model": "m", "base_url": url}}
        assert judge_all({0: (task, WHOLE)}, load_judge_client(Path(), made))[0].outcome == "correct"
        alone = judge_all({0: (TASK, WHOLE)}, load_judge_client(Path(), made))[0]
    assert alone.outcome == "correct" and len(received) == 2 * calls
    for body in received[:calls]:
        asked = body["messages"][-1]["content"]
        before = "system: Answer for sailors.\n\nuser: Name the ship.\n\nassistant: The Beagle."
        assert asked.startswith(f"<<<said before\n{before}\n>>>\n<<<question\nWhich colour?\n>>>\n")
    assert all("said before" not in body["messages"][-1]["content"] for body in received[calls:])
