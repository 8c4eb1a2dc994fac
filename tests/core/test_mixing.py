"""One strategy for all against the chosen mix: the same tasks on both sides, whatever cells are missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.mixing import Grid, single_strategy_baselines

NAMES = ("direct", "steps", "own")
tries = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.booleans(), st.integers(0, 90)), max_size=6)
grids = st.dictionaries(
    st.sampled_from(("f", "g", "h")), st.dictionaries(st.sampled_from(NAMES), tries, max_size=3), max_size=3
)
choices = st.dictionaries(st.sampled_from(("f", "g", "h")), st.sampled_from(NAMES), max_size=3)


def test_what_one_strategy_loses() -> None:
    grid: Grid = {
        "sums": {"direct": {"a": (False, 2), "b": (True, 2)}, "steps": {"a": (True, 30), "b": (True, 50)}},
        "names": {"direct": {"c": (True, 1)}, "steps": {"c": (False, 20)}},
    }
    rows = single_strategy_baselines(grid, {"sums": "steps", "names": "direct"}, 0)
    assert [row.strategy for row in rows] == ["direct", "steps"]
    direct, steps = rows
    assert (direct.accuracy, direct.mix_accuracy, direct.difference) == (0.75, 1, -0.25)
    assert (direct.tokens, direct.mix_tokens) == (1.5, 20.5)
    assert steps.difference == -0.5 and steps.families == steps.of == 2 and steps.tasks == 3


def test_only_shared_tasks_count_and_a_lone_strategy_has_no_row() -> None:
    grid: Grid = {"sums": {"direct": {"a": (True, 1), "b": (False, 1)}, "steps": {"b": (False, 9)}, "own": {}}}
    rows = single_strategy_baselines(grid, {"sums": "steps", "gone": "direct"}, 0)
    assert {row.strategy: (row.tasks, row.accuracy, row.families, row.of) for row in rows} == {
        "direct": (1, 0, 1, 2), "steps": (1, 0, 1, 2)}  # fmt: skip


@given(grids, choices)
def test_laws(grid: Grid, chosen: dict[str, str]) -> None:
    rows = single_strategy_baselines(grid, chosen, 1)
    assert rows == single_strategy_baselines(grid, chosen, 1)
    for row in rows:
        assert -1 <= row.low <= row.high <= 1 and 0 < row.families <= row.of
        assert 0 <= row.accuracy <= 1 and 0 <= row.mix_accuracy <= 1
        if all(name == row.strategy for name in chosen.values()):
            assert row.difference == row.low == row.high == pytest.approx(0)
