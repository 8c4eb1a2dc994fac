"""The decisions of the closed loop."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.rounds import affordable, gain, is_kept, strategy_now, weakest
from orca2.core.types import Answer, Choice
from tests.answers import made

RIGHTS = st.dictionaries(st.text("abcdef", min_size=1), st.tuples(st.integers(0, 9), st.just(9)), min_size=1)


@given(RIGHTS)
def test_the_weakest_are_below_all_others(rights: dict[str, tuple[int, int]]) -> None:
    found = weakest(rights)
    others = [rights[family][0] for family in rights if family not in found]
    if all(right == 9 for right, _ in rights.values()):
        assert found == []
    else:
        assert 1 <= len(found) <= max(1, len(rights) // 2)
        assert all(rights[family][0] <= min(others, default=9) for family in found)


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 1000))
def test_what_is_asked_for_fits_the_budget(left: int, tokens: int, demonstrations: int) -> None:
    bought = affordable(left, tokens, demonstrations)
    assert bought * tokens / demonstrations <= left < (bought + 1) * tokens / demonstrations + 1e-6


@pytest.mark.parametrize(
    ("status", "now"),
    [("decided", "direct"), ("tie", "step_by_step"), ("undecided", "step_by_step"), ("failed", "step_by_step")],
)
def test_only_trials_that_decide_change_a_strategy(status: str, now: str) -> None:
    assert strategy_now("step_by_step", Choice("direct", "", {}, status)) == now  # type: ignore[arg-type]


def answers(family: str, rights: Iterable[bool]) -> list[Answer]:
    return [made(f"{family}-{n}", "correct" if right else "wrong", family) for n, right in enumerate(rights)]


@pytest.mark.parametrize(
    ("weak", "others", "kept"),
    [(30, 0, True), (4, 0, False), (0, 20, False), (30, -12, False), (30, -1, True), (-20, 0, False)],
)
def test_a_round_is_kept_for_a_gain_that_costs_nothing(weak: int, others: int, kept: bool) -> None:
    before = [*answers("weak", [n < 20 for n in range(60)]), *answers("other", [n < 30 for n in range(60)])]
    after = [
        *answers("weak", [n < 20 + weak or (weak == 4 and n == 50) for n in range(60)]),
        *answers("other", [n < 30 + others for n in range(60)]),
    ]
    if weak == 4:  # and four lost
        after = [*answers("weak", [4 <= n < 24 or n == 50 for n in range(60)]), *after[60:]]
    found = gain(after, before, ["weak"], seed=0)
    assert is_kept(found) is kept
    assert {part: row.items for part, row in found.items()} == {"weak": 60, "others": 60, "all": 120}


def test_without_other_families_none_of_them_can_lose() -> None:
    before, after = (answers("weak", [n < right for n in range(60)]) for right in (20, 50))
    found = gain(after, before, ["weak"], seed=0)
    assert found.keys() == {"weak", "all"} and is_kept(found)
