"""One cache for rows of different lengths: what it holds as it grows, and what each row sees."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from orca2.inference.kv_cache.batched import BatchedKVCache, attention_masks


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 400)), min_size=1, max_size=8),
    st.booleans(),
    st.sampled_from([(0, 0), (3, 700), (9, 90)]),
)
def test_a_cache_keeps_its_rows_as_it_grows_and_stays_within_the_limit(
    sizes: list[tuple[int, int]], tight: bool, ahead: tuple[int, int]
) -> None:
    cache, (rows, width) = BatchedKVCache(1600, tight), (0, 0)
    for asked_rows, asked_width in sizes:
        if not cache.can_allocate(max(rows, asked_rows), max(width, asked_width)):
            continue
        cache.reserve(max(rows, asked_rows), max(width, asked_width), ahead)
        rows, width = max(rows, asked_rows), max(width, asked_width)
        assert rows <= cache.rows and width <= cache.width and cache.rows * cache.width <= 1600
        cache.set_target(slice(rows - 1, rows), slice(0, 1), 1)
        states = torch.full((1, 1, 1, 2), float(rows))
        with torch.inference_mode():
            cache.update(states, states, 0)
    for row in range(rows):
        if (value := float(cache.keys[0][row, 0, 0, 0])) != 0:
            assert value == row + 1


def test_masks_of_each_kind_of_layer() -> None:
    class Config:
        layer_types = ("full_attention", "sliding_attention")
        sliding_window = 2

    found = attention_masks(Config(), torch.tensor([[2, 3]]), 5)
    assert found["full_attention"][0, 0].int().tolist() == [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]
    assert found["sliding_attention"][0, 0].int().tolist() == [[0, 1, 1, 0, 0], [0, 0, 1, 1, 0]]
