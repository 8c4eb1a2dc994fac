"""Many answers of one model of LLaMA's shape on a CPU: its own way through the layers, over buffers that stay.

`transformers` copies the whole cache at every step to make room for one column, and takes three times as many
operations; for 40 rows of SmolLM2-135M that is half of the time.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from orca2.inference.kv_cache.prefix_cache import common_prefix
from orca2.inference.kv_cache.sequence import LlamaLayer, is_llama_shaped

COLUMNS = 64  # widths are multiples of it
PREFIXES = 4  # prompts read last whose beginnings may be those of the next: a few system messages take turns
PREFIX_TOKENS = 256  # ids of each that are kept at most
MIN_SHARED = 8  # ids in common that are worth copying
supports_llama_rows = is_llama_shaped  # whether a model can go this way


class _PromptPrefix(NamedTuple):
    """The beginning of a prompt that was read, with each layer's keys and values (num_kv_heads, tokens, head_dim)."""

    ids: Sequence[int]
    keys: list[torch.Tensor]
    values: list[torch.Tensor]

    def shared(self, ids: Sequence[int]) -> int:
        """How many ids a prompt begins with are ours too, at least one left to read."""
        return min(common_prefix(self.ids, ids), len(ids) - 1)


class LlamaRows:
    """Keys and values of rows that are numbered from 0; `lengths` says how much each holds.

    The buffers are as wide as the longest row asks for, rounded up: the kernel of the products copies what is not
    contiguous, so a step goes over whole rows, and what a row does not hold is masked.
    """

    def __init__(self, model: Any) -> None:
        config = model.config
        self._model, self._inner = model, model.model
        self._layers = [LlamaLayer.of(layer) for layer in model.model.layers]
        self._num_heads, self._num_kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim: int = model.model.layers[0].self_attn.head_dim
        self._eps: float = config.rms_norm_eps
        self._rows = self._width = 0
        empty = torch.zeros(0, 0, self._head_dim, dtype=model.dtype)
        self._keys, self._values = [empty for _ in self._layers], [empty for _ in self._layers]
        self.lengths: list[int] = []
        self._prefixes: deque[_PromptPrefix] = deque(maxlen=PREFIXES)

    def prefill(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Put prompts into a row and those after it; logits (prompts, vocabulary) of what follows each."""
        return torch.cat([self._prefill(index, ids) for index, ids in enumerate(prompts, row)])

    def _prefill(self, row: int, ids: Sequence[int]) -> torch.Tensor:
        count, row_slice = len(ids), slice(row * self._num_kv_heads, (row + 1) * self._num_kv_heads)
        self._reserve(row + 1, count + 1)
        prefix = max(self._prefixes, key=lambda one: one.shared(ids), default=None)
        num_reused = prefix.shared(ids) if prefix is not None else 0
        if prefix is None or num_reused < MIN_SHARED:
            num_reused = 0
        else:
            for kept, stores in ((prefix.keys, self._keys), (prefix.values, self._values)):
                for part, store in zip(kept, stores, strict=True):
                    store[row_slice, :num_reused] = part[:, :num_reused]
        state = self._inner.embed_tokens(torch.tensor(list(ids[num_reused:])))
        cos, sin = self._cos[num_reused:count, None], self._sin[num_reused:count, None]
        seen = torch.ones(count - num_reused, count, dtype=torch.bool).tril(num_reused) if num_reused else None
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            query, key, value = self._project(layer, state, cos, sin)
            keys[row_slice, num_reused:count] = key.transpose(0, 1)
            values[row_slice, num_reused:count] = value.transpose(0, 1)
            attended = functional.scaled_dot_product_attention(
                query.transpose(0, 1)[None], keys[None, row_slice, :count], values[None, row_slice, :count],
                attn_mask=seen, is_causal=not num_reused, enable_gqa=True,
            )  # fmt: skip
            state = self._finish(layer, state, attended[0].transpose(0, 1).reshape(count - num_reused, -1))
        self.lengths[row] = count
        if num_reused < min(count - 1, PREFIX_TOKENS):  # else it is one that stands there already
            held = (
                [store[row_slice, : min(count, PREFIX_TOKENS)].clone() for store in part]
                for part in (self._keys, self._values)
            )
            self._prefixes.append(_PromptPrefix(ids[:PREFIX_TOKENS], *held))
        return self._logits(state[-1:])

    def decode_step(self, ids: Sequence[int]) -> torch.Tensor:
        """Add one id to each of the first rows; logits (rows, vocabulary) of what follows."""
        count, num_kv_heads, head_dim = len(ids), self._num_kv_heads, self._head_dim
        positions, batch = torch.tensor(self.lengths[:count]), count * num_kv_heads
        self._reserve(count, max(self.lengths[:count]) + 1)
        columns = (torch.arange(batch), positions.repeat_interleave(num_kv_heads))
        hidden = (torch.arange(self._width) > positions[:, None]).repeat_interleave(num_kv_heads, 0)[:, None]
        bias = torch.zeros(batch, 1, self._width, dtype=self._model.dtype).masked_fill_(hidden, float("-inf"))
        state = self._inner.embed_tokens(torch.tensor(list(ids)))
        cos, sin = self._cos[positions, None], self._sin[positions, None]
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            query, key, value = self._project(layer, state, cos, sin)
            keys[columns], values[columns] = key.reshape(batch, head_dim), value.reshape(batch, head_dim)
            grouped = query.reshape(batch, -1, head_dim)
            scores = torch.baddbmm(bias, grouped, keys[:batch].transpose(1, 2), alpha=head_dim**-0.5)
            weights = scores.softmax(-1, dtype=torch.float32).to(values.dtype)
            state = self._finish(layer, state, torch.bmm(weights, values[:batch]).view(count, -1))
        for row in range(count):
            self.lengths[row] += 1
        return self._logits(state)

    def copy_rows(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Copy rows onto others, none of which is a source."""
        num_kv_heads = self._num_kv_heads
        for source, target in zip(sources, targets, strict=True):
            length = self.lengths[source]
            for store in (*self._keys, *self._values):
                store[target * num_kv_heads : (target + 1) * num_kv_heads, :length] = store[
                    source * num_kv_heads : (source + 1) * num_kv_heads, :length
                ]
            self.lengths[target] = length

    def _reserve(self, rows: int, width: int) -> None:
        """Have room for `rows` rows, of which all but the last may hold something, of `width` tokens.

        Rows beyond them are let go where the width grows: what is long leaves room for few.
        """
        if rows <= self._rows and width <= self._width:
            return
        had, old = min(self._rows, rows), self._width
        if width > self._width:
            self._rows, self._width = rows, -(-width // COLUMNS) * COLUMNS
            cos, sin = self._inner.rotary_emb(self._inner.norm.weight, torch.arange(self._width)[None])
            half = self._head_dim // 2
            self._cos, self._sin = cos[0], torch.cat([-sin[0, :, :half], sin[0, :, half:]], -1)
        else:
            self._rows = rows + rows // 4  # so that growing row by row copies little
        for stores in (self._keys, self._values):
            for layer, store in enumerate(stores):  # zeros: a column that is masked must still be a number
                grown = store.new_zeros(self._rows * self._num_kv_heads, self._width, self._head_dim)
                grown[: had * self._num_kv_heads, :old] = store[: had * self._num_kv_heads]
                stores[layer] = grown
        self.lengths = [*self.lengths[:had], *[0] * (self._rows - had)]

    def _project(
        self, layer: LlamaLayer, state: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Query (tokens, heads, head_dim), key and value (tokens, num_kv_heads, head_dim); rotary positions are in the
        first two."""
        rows = functional.rms_norm(state, (state.shape[-1],), layer.attention_norm, self._eps)
        qk = torch.cat([layer.query(rows), layer.key(rows)], -1).view(len(state), -1, self._head_dim)
        qk = torch.addcmul(qk * cos, qk.roll(self._head_dim // 2, -1), sin)
        value: torch.Tensor = layer.value(rows).view(len(state), -1, self._head_dim)
        return qk[:, : self._num_heads], qk[:, self._num_heads :], value

    def _finish(self, layer: LlamaLayer, state: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        state = state + layer.output(seen)
        rows = functional.rms_norm(state, (state.shape[-1],), layer.mlp_norm, self._eps)
        fed: torch.Tensor = layer.down(functional.silu(layer.gate(rows), inplace=True).mul_(layer.up(rows)))
        return state + fed

    def _logits(self, state: torch.Tensor) -> torch.Tensor:
        last = functional.rms_norm(state, (state.shape[-1],), self._inner.norm.weight, self._eps)
        logits: torch.Tensor = self._model.lm_head(last)
        return logits
