"""One key-value cache for rows of different lengths: each row starts at column 0 and grows on its own.

`transformers`' own cache is as wide as its longest row, and copied whole at every step to make room for one column.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache

from orca2.inference.kernels.availability import kernels

COLUMNS = 64  # widths are multiples of it, so that the shapes that kernels are prepared for repeat
KNOWN = {"full_attention", "sliding_attention", "chunked_attention"}

Stretch = list[tuple[torch.Tensor, torch.Tensor]]  # keys and values (groups, tokens, size) of each layer


class Slots(Cache):  # type: ignore[misc]
    """Room for `rows` x `width` tokens, of which at most `limit` are ever allocated.

    Before a call of the model, `at` says where its tokens go.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(layers=[])
        self.limit = limit
        self.rows = self.width = 0
        self.moves = 0  # how often what is held has come to lie elsewhere
        self._keys: list[torch.Tensor] = []
        self._values: list[torch.Tensor] = []
        self._rows: Any = slice(0)
        self._place: tuple[Any, ...] = ()
        self._span = 0

    def holds(self, rows: int, width: int) -> bool:
        """Whether so much may be allocated."""
        return rows * _rounded(width) <= self.limit

    def fit(self, rows: int, width: int, used: int) -> None:
        """Make room for rows x width; the first `used` rows keep what they hold."""
        if rows <= self.rows and width <= self.width:
            return
        shapes = [
            (_grown(rows, self.rows), _grown(_rounded(width), self.width)),
            (max(rows, self.rows), max(_rounded(width), self.width)),
        ]
        shape = next((shape for shape in shapes if shape[0] * shape[1] <= self.limit), (rows, _rounded(width)))
        kept = min(self.width, shape[1])
        self.rows, self.width = shape
        self.moves += 1
        for stores in (self._keys, self._values):
            for layer, old in enumerate(stores):
                stores[layer] = old.new_zeros(self.rows, old.shape[1], self.width, old.shape[3])
                stores[layer][:used, :, :kept] = old[:used, :, :kept]

    def at(self, rows: slice, columns: torch.Tensor | slice, span: int) -> int:
        """The next call writes at these rows and columns, and sees `span` columns.

        A tensor of columns holds one a row (rows,), or one for each of a row's tokens (rows, tokens).

        Returns how many it will see: a few more, which a mask must leave out.
        """
        self._rows, self._span = rows, min(_rounded(span), self.width)
        if isinstance(columns, slice):
            self._place = (rows, slice(None), columns)
        else:
            each = torch.arange(rows.start, rows.stop, device=columns.device)
            self._place = (each if columns.ndim == 1 else each[:, None], slice(None), columns)
        return self._span

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *rest: Any, **more: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What an attention layer calls: key and value (rows, groups, tokens, size)."""
        both, columns = (key_states, value_states), self._place[2]
        for stores, states in zip((self._keys, self._values), both, strict=True):
            if layer_idx == len(stores):  # zeros: a column that is masked must still be a number
                stores.append(states.new_zeros(self.rows, states.shape[1], self.width, states.shape[3]))
        keys, values = self._keys[layer_idx], self._values[layer_idx]
        ours = kernels(keys.device)
        if ours is not None and not isinstance(columns, slice) and key_states.shape == value_states.shape:
            ours.keep(key_states, value_states, keys[self._rows], values[self._rows], columns)
        else:
            for store, states in zip((keys, values), both, strict=True):
                if not isinstance(columns, slice):  # indexing puts rows and tokens first
                    states = states[:, :, 0] if columns.ndim == 1 else states.transpose(1, 2)
                store[self._place] = states
        return keys[self._rows, :, : self._span], values[self._rows, :, : self._span]

    def move(self, source: int | torch.Tensor, target: int | torch.Tensor, length: int) -> None:
        """Copy the first `length` tokens of a row onto another, or of some rows onto as many others."""
        for stores in (self._keys, self._values):
            for store in stores:
                store[target, :, :length] = store[source, :, :length]

    def take(self, row: int, length: int) -> Stretch:
        """A copy of the first `length` tokens of a row."""
        return [
            (keys[row, :, :length].clone(), values[row, :, :length].clone())
            for keys, values in zip(self._keys, self._values, strict=True)
        ]

    def put(self, row: int, stretch: Stretch, length: int) -> None:
        """The first `length` tokens of what `take` gave, into a row."""
        for layer, (keys, values) in enumerate(stretch):
            self._keys[layer][row, :, :length] = keys[:, :length]
            self._values[layer][row, :, :length] = values[:, :length]

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self._span


def masks(config: Any, queries: torch.Tensor, span: int) -> Any:
    """Which of `span` columns each query sees: queries (rows, tokens) are positions; (rows, 1, tokens, span), boolean.

    A model with several kinds of attention layers gets one mask a kind, by name.
    """
    columns = torch.arange(span, device=queries.device)
    full = (columns <= queries[..., None])[:, None]
    kinds: Sequence[str] = getattr(config, "layer_types", None) or ()
    window, chunk = getattr(config, "sliding_window", None), getattr(config, "attention_chunk_size", None)
    sliding = full & (columns > queries[..., None] - window)[:, None] if window else full
    if not kinds:
        return sliding
    chunked = full & (columns // chunk == queries[..., None] // chunk)[:, None] if chunk else full
    by_kind = {"full_attention": full, "sliding_attention": sliding, "chunked_attention": chunked}
    found = {kind: by_kind[kind] for kind in dict.fromkeys(kinds)}
    return found if len(found) > 1 else next(iter(found.values()))


def added(mask: Any, dtype: torch.dtype) -> Any:
    """What `masks` gives as numbers to add to the scores: 0 for a column that is seen, minus infinity for another."""
    if isinstance(mask, dict):
        return {kind: added(one, dtype) for kind, one in mask.items()}
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill_(~mask, float("-inf"))


def suits(config: Any) -> bool:
    """Whether a model's layers all attend to keys and values, which is what a row here can hold."""
    return set(getattr(config, "layer_types", None) or ()) <= KNOWN


def _rounded(width: int) -> int:
    return -(-width // COLUMNS) * COLUMNS


def _grown(asked: int, had: int) -> int:
    """Half as much again as there was, so that growing row by row copies little."""
    return max(asked, had if asked <= had else had + had // 2)
