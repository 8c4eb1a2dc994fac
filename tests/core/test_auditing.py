"""Rates of false golds and false accepts on labelled rows, and that their intervals hold the truth."""

import random

import pytest

from orca2.core.auditing import Audited, measure, rate
from orca2.core.types import Gold


def row(accepted: bool, right: bool, false: bool | None = None, family: str = "sums", gold: Gold = "agreed") -> Audited:
    return Audited(
        task="t", family=family, gold=gold, label="4", agreed="4", false=false, response="4", accepted=accepted,
        right=right, why="",
    )  # fmt: skip


def test_each_kind_of_gold_is_measured_over_all_families_and_in_each() -> None:
    rows = [row(True, True, False), row(True, False, True, "words"), row(False, True), row(False, False, True),
            row(True, False, gold="checked"), row(True, True, gold="checked")]  # fmt: skip
    found = {(one.gold, one.family): one for one in measure(rows)}
    assert set(found) == {
        ("agreed", "all"),
        ("agreed", "sums"),
        ("agreed", "words"),
        ("checked", "all"),
        ("checked", "sums"),
    }
    agreed, checked = found["agreed", "all"], found["checked", "all"]
    assert agreed.false_golds is not None and (agreed.false_golds.count, agreed.false_golds.of) == (2, 3)
    assert (agreed.false_accepts.count, agreed.false_accepts.of) == (1, 2)
    assert (agreed.false_rejects.count, agreed.false_rejects.of) == (1, 2)
    assert checked.false_golds is None and (checked.false_accepts.count, checked.false_accepts.of) == (1, 2)


@pytest.mark.parametrize(
    ("count", "of", "wide"),
    [(0, 0, True), (0, 12, True), (0, 24, False), (2, 50, False), (20, 50, True), (20, 400, False)],
)
def test_what_is_too_wide_to_mean_anything(count: int, of: int, wide: bool) -> None:
    found = rate([True] * count + [False] * (of - count))
    assert found.low <= (count / of if of else 0.5) <= found.high and found.wide == wide


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "accepts"), [(0.02, 0.7), (0.08, 0.9), (0.2, 0.6)])
def test_the_interval_of_fifty_labelled_rows_holds_the_true_rate(wrong: float, accepts: float) -> None:
    """A teacher whose accepted answers are wrong in this share; 300 slices of 50 rows, drawn anew each time."""
    rng, held = random.Random(f"{wrong} {accepts}"), 0
    for _ in range(300):
        rows = [row(rng.random() < accepts, rng.random() >= wrong) for _ in range(50)]
        found = next(one for one in measure(rows) if one.family == "all").false_accepts
        held += found.low <= wrong <= found.high
    assert held >= 0.95 * 300
