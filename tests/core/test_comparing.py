import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.comparing import by_family, power, summary
from orca2.core.statistics import holm, mcnemar
from orca2.core.types import Answer, Outcome
from tests.answers import made

OUTCOMES: list[Outcome] = ["correct", "wrong", "ambiguous", "unextracted", "truncated", "failed"]
outcomes = st.sampled_from(OUTCOMES)


@given(st.lists(outcomes, min_size=1, max_size=50))
def test_every_answer_is_counted_once(found: list[Outcome]) -> None:
    row = summary([made(str(i), outcome) for i, outcome in enumerate(found)])
    read = row.format_ok + sum(getattr(row, name) for name in ("ambiguous", "unextracted", "truncated", "failed"))
    assert read == row.items == len(found)
    assert row.low <= row.correct / row.items <= row.high
    assert row.clustered_error is None


@given(st.lists(st.tuples(outcomes, outcomes, st.sampled_from("abc")), min_size=1, max_size=60))
def test_pairs_are_joined_by_task_and_holm_leaves_all_out(items: list[tuple[Outcome, Outcome, str]]) -> None:
    ours = [made(str(i), a, family) for i, (a, _, family) in enumerate(items)]
    theirs = [made(str(i), b, family) for i, (_, b, family) in enumerate(items)]
    rows = by_family(ours, [*theirs[::-1], made("another", "correct")], 0)
    total, *families = rows
    assert total.family == "all" and total.items == len(items) == sum(row.items for row in families)
    assert [row.p_holm for row in families] == holm([row.p for row in families])
    assert total.p_holm == total.p == mcnemar(total.gained, total.lost)
    for row in rows:
        assert row.low <= row.difference + 1e-9 and row.difference - 1e-9 <= row.high
        assert row.difference == pytest.approx(100 * (row.gained - row.lost) / row.items, abs=0.01)


def test_shared_passages_widen_the_interval() -> None:
    """Twenty passages of ten questions that stand and fall together."""
    right = [i // 10 % 3 == 0 for i in range(200)]

    def answers(clustered: bool) -> list[Answer]:
        return [
            made(str(i), "correct" if r else "wrong", cluster=str(i // 10) if clustered else None)
            for i, r in enumerate(right)
        ]

    wrong = [made(str(i), "wrong") for i in range(200)]
    plain, clustered = (by_family(answers(flag), wrong, 0)[0] for flag in (False, True))
    assert clustered.high - clustered.low > 2 * (plain.high - plain.low)
    row = summary(answers(True))
    assert row.clustered_error == pytest.approx((0.35 * 0.65 / 19) ** 0.5)


def test_power_is_said_where_it_lacks() -> None:
    few = by_family([made("a", "correct")], [made("a", "wrong")], 0)[0]
    assert power(few) == "underpowered: 1 items, a difference under 100 points would not show"
    many = [made(str(i), "correct") for i in range(300)]
    assert power(by_family(many, many, 0)[0]) is None
