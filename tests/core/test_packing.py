from hypothesis import given
from hypothesis import strategies as st

from orca2.core.packing import plan

lengths = st.lists(st.integers(0, 120), max_size=200)


@given(lengths, st.integers(1, 100))
def test_every_document_that_fits_is_in_one_row_and_no_row_overflows(sizes: list[int], capacity: int) -> None:
    rows = plan(sizes, capacity, 0)
    placed = sorted(i for row in rows for i in row)
    assert placed == [i for i, n in enumerate(sizes) if 0 < n <= capacity]
    assert all(sum(sizes[i] for i in row) <= capacity for row in rows)


@given(lengths, st.integers(1, 100))
def test_no_two_rows_could_be_one(sizes: list[int], capacity: int) -> None:
    loads = sorted(sum(sizes[i] for i in row) for row in plan(sizes, capacity, 0))
    assert len(loads) < 2 or loads[0] + loads[1] > capacity


def test_real_lengths_pack_tightly() -> None:
    sizes = [30 + (i * 37) % 90 for i in range(2000)]
    loads = sorted(sum(sizes[i] for i in row) for row in plan(sizes, 1024, 0))
    assert sum(loads[1:]) / ((len(loads) - 1) * 1024) > 0.97  # the last row takes what is left


def test_rows_mix_lengths_and_follow_the_seed() -> None:
    """Two kinds of document, short and long: hardly any row holds one kind only."""
    sizes = [40] * 200 + [80] * 200
    rows = plan(sizes, 512, 3)
    assert rows == plan(sizes, 512, 3) != plan(sizes, 512, 4)
    alone = [row for row in rows if len({sizes[i] for i in row}) == 1]
    assert len(alone) / len(rows) < 0.2
