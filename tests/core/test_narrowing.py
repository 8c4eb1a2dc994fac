"""Short enough, and the shortest: what goes on and what is said of the rest."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.narrowing import LONGER, TOO_LONG, narrow
from orca2.core.types import Completion, Demonstration


def shown(task: str, tokens: int, sample: int = 0) -> Demonstration:
    return Demonstration(task, f"family of {task}", "s", (), Completion("x", "stop", 1, tokens), sample=sample)


rows = st.lists(
    st.builds(shown, st.sampled_from("abc"), st.integers(0, 20), st.integers()),
    max_size=12,
    unique_by=lambda s: (s.task, s.sample),
)


@given(rows, st.none() | st.integers(1, 15), st.none() | st.integers(1, 3))
def test_all_are_accounted_for(right: list[Demonstration], most: int | None, shortest: int | None) -> None:
    going_on, left_out = narrow(right, most, shortest)
    assert len(going_on) + sum(reasons.total() for reasons in left_out.values()) == len(right)
    for task in "abc":
        mine, fit = ([s for s in some if s.task == task and s.completion.tokens_out <= (most or 99)]
                     for some in (going_on, right))  # fmt: skip
        assert len(mine) == min(len(fit), shortest or 99)
        assert [s for s in fit if s in mine] == mine
        longest = max((s.completion.tokens_out for s in mine), default=0)
        assert all(s.completion.tokens_out >= longest or s in mine for s in fit)


def test_without_bounds_all_go_on() -> None:
    right = [shown("a", 5), shown("b", 9), shown("a", 3)]
    going_on, left_out = narrow(right, None, None)
    assert sorted(map(id, going_on)) == sorted(map(id, right)) and not any(left_out.values())


def test_why_others_do_not() -> None:
    going_on, left_out = narrow([shown("a", 5), shown("a", 3), shown("a", 4), shown("a", 99)], 50, 2)
    assert [s.completion.tokens_out for s in going_on] == [3, 4]
    assert left_out == {"family of a": Counter({LONGER: 1, TOO_LONG: 1})}
