"""One key-value cache for rows of different lengths: each row starts at column 0 and grows on its own.

`transformers`' own cache is as wide as its longest row, and copied whole at every step to make room for one column.
"""

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache

from orca2.inference.kernels.availability import kernels

COLUMNS = 64  # widths are multiples of it, so that the shapes that kernels are prepared for repeat

KVSegment = list[tuple[torch.Tensor, torch.Tensor]]  # keys and values (num_kv_heads, tokens, head_dim) of each layer


class BatchedKVCache(Cache):  # type: ignore[misc]
    """Room for `rows` x `width` tokens, of which at most `limit` are ever allocated.

    A cache that is `tight` is no wider than asked for, where a step takes as long as the cache is wide. Before a call
    of the model, `set_target` says where its tokens go.
    """

    def __init__(self, limit: int, tight: bool = False) -> None:
        super().__init__(layers=[])
        self.limit, self._tight = limit, tight
        self.rows = self.width = 0
        self.reallocations = 0  # how often what is held has come to lie elsewhere
        self.keys: list[torch.Tensor] = []
        self.values: list[torch.Tensor] = []
        self._rows: Any = slice(0)
        self._write_index: tuple[Any, ...] = ()
        self._visible = 0

    def can_allocate(self, rows: int, width: int) -> bool:
        """Whether so much may be allocated."""
        return rows * _rounded(width) <= self.limit

    @torch.inference_mode()
    def reserve(self, rows: int, width: int, ahead: tuple[int, int] = (0, 0)) -> None:
        """Make room for rows x width, and where it is allowed at once for what will come; the first `rows` rows keep
        what they hold."""
        if rows <= self.rows and width <= self.width:
            return
        width = _rounded(width)
        wide = max(width, _rounded(ahead[1]), self.width)
        shapes = [
            (max(rows, self.rows, min(ahead[0], self.limit // wide)), wide),
            (_grown(rows, self.rows), max(width, self.width) if self._tight else _grown(width, self.width)),
            (max(rows, self.rows), max(width, self.width)),
        ][0 if max(ahead) and not self._tight else 1 :]
        shape = next((shape for shape in shapes if shape[0] * shape[1] <= self.limit), (rows, width))
        kept, held = min(self.rows, shape[0]), min(self.width, shape[1])
        self.rows, self.width = shape
        self.reallocations += 1
        for stores in (self.keys, self.values):
            for layer, old in enumerate(stores):  # zeros: a column that is masked must still be a number
                stores[layer] = old.new_zeros(self.rows, old.shape[1], self.width, old.shape[3])
                stores[layer][:kept, :, :held] = old[:kept, :, :held]

    def set_target(self, rows: slice, columns: torch.Tensor | slice, span: int) -> int:
        """The next call writes at these rows and columns, and sees `span` columns.

        A tensor of columns holds one a row (rows,), or one for each of a row's tokens (rows, tokens).

        Returns how many it will see: a few more, which a mask must leave out.
        """
        self._rows, self._visible = rows, min(_rounded(span), self.width)
        if isinstance(columns, slice):
            self._write_index = (rows, slice(None), columns)
        else:
            each = torch.arange(rows.start, rows.stop, device=columns.device)
            self._write_index = (each if columns.ndim == 1 else each[:, None], slice(None), columns)
        return self._visible

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *rest: Any, **more: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """What an attention layer calls: key and value (rows, num_kv_heads, tokens, head_dim)."""
        new, columns = (key_states, value_states), self._write_index[2]
        for stores, states in zip((self.keys, self.values), new, strict=True):
            if layer_idx == len(stores):
                stores.append(states.new_zeros(self.rows, states.shape[1], self.width, states.shape[3]))
        keys, values = self.keys[layer_idx], self.values[layer_idx]
        ours = kernels(keys.device)
        if ours is not None and not isinstance(columns, slice) and key_states.shape == value_states.shape:
            ours.write_kv(key_states, value_states, keys[self._rows], values[self._rows], columns)
        else:
            for store, states in zip((keys, values), new, strict=True):
                if not isinstance(columns, slice):  # indexing puts rows and tokens first
                    states = states[:, :, 0] if columns.ndim == 1 else states.transpose(1, 2)
                store[self._write_index] = states
        return keys[self._rows, :, : self._visible], values[self._rows, :, : self._visible]

    @torch.inference_mode()
    def copy_rows(self, sources: Sequence[int], targets: Sequence[int], length: int) -> None:
        """Copy the first `length` tokens of some rows onto as many others, which are no source of a later one."""
        stores = (*self.keys, *self.values)
        if len(sources) > 1 and stores and stores[0].device.type == "cuda":  # whatever their number, in one go
            out, into = torch.tensor([list(sources), list(targets)], device=stores[0].device)
            for store in stores:
                store[into, :, :length] = store[out, :, :length]
            return
        for store in stores:
            for source, target in zip(sources, targets, strict=True):
                store[target, :, :length] = store[source, :, :length]

    def copy_out(self, row: int, length: int) -> KVSegment:
        """A copy of the first `length` tokens of a row."""
        return [
            (keys[row, :, :length].clone(), values[row, :, :length].clone())
            for keys, values in zip(self.keys, self.values, strict=True)
        ]

    @torch.inference_mode()
    def copy_in(self, row: int, segment: KVSegment, length: int) -> None:
        """The first `length` tokens of what `copy_out` gave, into a row."""
        for layer, (keys, values) in enumerate(segment):
            self.keys[layer][row, :, :length] = keys[:, :length]
            self.values[layer][row, :, :length] = values[:, :length]

    def crop(self, row: int, length: int) -> int:
        """How many of a row's first tokens are still held if no more than `length` are to be: all of them."""
        return length

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self._visible


def attention_masks(config: Any, queries: torch.Tensor, span: int) -> Any:
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
    used = {kind: by_kind[kind] for kind in dict.fromkeys(kinds)}
    return used if len(used) > 1 else next(iter(used.values()))


def additive_mask(mask: Any, dtype: torch.dtype) -> Any:
    """What `attention_masks` gives, to be added to the scores: 0 for a column that is seen, else minus infinity."""
    if isinstance(mask, dict):
        return {kind: additive_mask(one_mask, dtype) for kind, one_mask in mask.items()}
    return torch.zeros(mask.shape, dtype=dtype, device=mask.device).masked_fill_(~mask, float("-inf"))


def _rounded(width: int) -> int:
    return -(-width // COLUMNS) * COLUMNS


def _grown(asked: int, had: int) -> int:
    """Half as much again as there was, so that growing row by row copies little."""
    return max(asked, had if asked <= had else had + had // 2)
