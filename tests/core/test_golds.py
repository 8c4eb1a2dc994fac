"""The answer on which most agree, if enough do: what is written otherwise counts with it, what nobody can read against
it, and a split decides nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.golds import AgreedGold, Vote, agree, with_golds
from orca2.core.types import Task

TASK = Task("t", "f", "How much?", "", "number", "train", gold="agreed")


def votes(*answers: str | None) -> list[Vote]:
    return [Vote(teacher="teacher", strategy="direct", sample=n, answer=answer) for n, answer in enumerate(answers)]


def agreed(*answers: str | None, share: float = 0.6) -> AgreedGold:
    """By value, as a grader of numbers would."""
    cast = votes(*answers)

    def accepts(answer: str, number: int) -> bool:
        said = cast[number].answer
        return said is not None and float(said) == float(answer)

    return agree(TASK, cast, accepts, share)


@pytest.mark.parametrize(
    ("answers", "target", "agreeing", "why"),
    [
        (("8", "8", "8.0", "7", None), "8", 3, "3 of 5 agree on '8'"),
        (("8.0", "8", "8"), "8", 3, "3 of 3 agree on '8'"),
        (("8", "8", "7", "7", None), "", 2, "2 of 5 agree on '8', and as many on '7'"),
        (("8", "8", "7", "6", "5"), "", 2, "only 2 of 5 agree on '8'"),
        ((None, None), "", 0, "no answer can be read in any of 2"),
        (("8", None, None, None, None), "", 1, "only 1 of 5 agree on '8'"),
    ],
)
def test_who_agrees(answers: tuple[str | None, ...], target: str, agreeing: int, why: str) -> None:
    found = agreed(*answers)
    assert (found.target, found.agreeing, found.why) == (target, agreeing, why)


@given(st.lists(st.sampled_from(["1", "2", "3", "1.0", None]), min_size=1, max_size=9), st.floats(0.05, 1))
def test_laws(answers: list[str | None], share: float) -> None:
    found = agreed(*answers, share=share)
    assert 0 <= found.agreeing <= len(answers) and found.share == found.agreeing / len(answers)
    if found.target:
        assert found.share >= share - 1e-9 and found.target in answers
        others = [a for a in answers if a is not None and float(a) != float(found.target)]
        assert all(others.count(a) < found.agreeing for a in others)
        assert agreed(*answers, found.target, share=share).target  # one more who says so undoes nothing
    same = agreed(*reversed(answers), share=share)
    assert (same.target and float(same.target)) == (found.target and float(found.target))


def test_tasks_without_an_agreed_gold_are_left_out() -> None:
    tasks = [
        Task("a", "f", "?", "4", "number", "train"),
        Task("b", "f", "?", "", "number", "train", gold="agreed"),
        TASK,
    ]
    checked = Task("c", "f", "?", "", "check", "train", gold="checked")
    made = with_golds([*tasks, checked], [agreed("8", "8")])
    assert [(task.id, task.target) for task in made] == [("a", "4"), ("t", "8"), ("c", "")]
