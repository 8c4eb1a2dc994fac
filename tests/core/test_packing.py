import random

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.packing import plan, share, steps

lengths = st.lists(st.integers(0, 120), max_size=200)


@given(lengths, st.integers(1, 100))
def test_every_document_that_fits_is_in_one_row_and_no_row_overflows(sizes: list[int], capacity: int) -> None:
    rows = plan(sizes, capacity, 0)
    placed = sorted(i for row in rows for i in row)
    assert placed == [i for i, n in enumerate(sizes) if 0 < n <= capacity]
    assert all(0 < sum(sizes[i] for i in row) <= capacity for row in rows)


@given(lengths, st.integers(1, 100))
def test_no_two_rows_could_be_one(sizes: list[int], capacity: int) -> None:
    loads = sorted(sum(sizes[i] for i in row) for row in plan(sizes, capacity, 0))
    assert len(loads) < 2 or loads[0] + loads[1] > capacity


def test_lengths_like_those_of_real_lessons_fill_the_rows() -> None:
    rng = random.Random(0)
    sizes = [round(min(40 + rng.lognormvariate(4.2, 0.5), 500)) for _ in range(20_000)]
    for capacity in (1024, 2048, 4096):
        loads = sorted(sum(sizes[i] for i in row) for row in plan(sizes, capacity, 0))
        assert sum(loads[1:]) / ((len(loads) - 1) * capacity) > 0.999  # one row takes what is left


def test_rows_mix_lengths_and_follow_the_seed() -> None:
    """Two kinds of document, short and long: hardly any row holds one kind only."""
    sizes = [40] * 200 + [80] * 200
    rows = plan(sizes, 512, 3)
    assert rows == plan(sizes, 512, 3) != plan(sizes, 512, 4)
    alone = [row for row in rows if len({sizes[i] for i in row}) == 1]
    assert len(alone) / len(rows) < 0.2


@given(st.lists(st.integers(1, 50), max_size=100), st.integers(0, 200))
def test_a_step_is_the_fewest_consecutive_rows_that_reach_the_batch(supervised: list[int], batch_tokens: int) -> None:
    groups = list(steps(supervised, batch_tokens))
    assert [row for group in groups for row in group] == list(range(len(supervised)))
    for group in groups[:-1]:
        counts = [supervised[row] for row in group]
        assert sum(counts) >= batch_tokens > sum(counts[:-1]) or len(counts) == 1
    if batch_tokens == 0:
        assert all(len(group) == 1 for group in groups)


@given(st.integers(0, 300), st.integers(1, 80))
def test_rows_are_shared_out_evenly_and_in_order(rows: int, count: int) -> None:
    found = list(share(rows, count))
    assert [row for some in found for row in some] == list(range(rows))
    assert len(found) == min(rows, count)
    assert not found or max(map(len, found)) - min(map(len, found)) <= 1
