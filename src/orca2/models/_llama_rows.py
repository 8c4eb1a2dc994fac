"""Many answers of one model of LLaMA's shape on a CPU: its own way through the layers, over buffers that stay.

`transformers` copies the whole cache at every step to make room for one column, and takes three times as many
operations; for 40 rows of SmolLM2-135M that is half of the time.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional

from orca2.models._cache import _Layer, _llama_shaped

COLUMNS = 64  # widths are multiples of it
fits = _llama_shaped  # whether a model can go this way


class LlamaRows:
    """Keys and values of at most `rows` rows; `lengths` says how much each holds.

    The buffers are never wider than the longest row asks for, rounded up: the kernel of the products copies what is
    not contiguous, so a step goes over whole rows, and what a row does not hold is masked.
    """

    def __init__(self, model: Any, rows: int) -> None:
        config = model.config
        self._model, self._inner = model, model.model
        self._layers = [_Layer.of(layer) for layer in model.model.layers]
        self._heads, self._groups = config.num_attention_heads, config.num_key_value_heads
        self._size: int = model.model.layers[0].self_attn.head_dim
        self._eps: float = config.rms_norm_eps
        self._rows, self._width = rows, 0
        empty = torch.zeros(rows * self._groups, 0, self._size, dtype=model.dtype)
        self._keys, self._values = [empty for _ in self._layers], [empty for _ in self._layers]
        self.lengths = [0] * rows

    def read(self, row: int, ids: Sequence[int]) -> torch.Tensor:
        """Put a prompt into a row; logits (1, vocabulary) of what follows it."""
        count, place = len(ids), slice(row * self._groups, (row + 1) * self._groups)
        self._fit(count + 1)
        state = self._inner.embed_tokens(torch.tensor(list(ids)))
        cos, sin = self._cos[:count, None], self._sin[:count, None]
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            query, key, value = self._project(layer, state, cos, sin)
            key, value = key.transpose(0, 1), value.transpose(0, 1)
            keys[place, :count], values[place, :count] = key, value
            seen = functional.scaled_dot_product_attention(
                query.transpose(0, 1)[None], key[None], value[None], is_causal=True, enable_gqa=True
            )
            state = self._finish(layer, state, seen[0].transpose(0, 1).reshape(count, -1))
        self.lengths[row] = count
        return self._logits(state[-1:])

    def step(self, ids: Sequence[int]) -> torch.Tensor:
        """Add one id to each of the first rows; logits (rows, vocabulary) of what follows."""
        count, groups, size = len(ids), self._groups, self._size
        positions, batch = torch.tensor(self.lengths[:count]), count * groups
        self._fit(max(self.lengths[:count]) + 1)
        columns = (torch.arange(batch), positions.repeat_interleave(groups))
        hidden = (torch.arange(self._width) > positions[:, None]).repeat_interleave(groups, 0)[:, None]
        bias = torch.zeros(batch, 1, self._width, dtype=self._model.dtype).masked_fill_(hidden, float("-inf"))
        state = self._inner.embed_tokens(torch.tensor(list(ids)))
        cos, sin = self._cos[positions, None], self._sin[positions, None]
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            query, key, value = self._project(layer, state, cos, sin)
            keys[columns], values[columns] = key.reshape(batch, size), value.reshape(batch, size)
            grouped = query.reshape(batch, -1, size)
            scores = torch.baddbmm(bias, grouped, keys[:batch].transpose(1, 2), alpha=size**-0.5)
            weights = scores.softmax(-1, dtype=torch.float32).to(values.dtype)
            state = self._finish(layer, state, torch.bmm(weights, values[:batch]).view(count, -1))
        for row in range(count):
            self.lengths[row] += 1
        return self._logits(state)

    def move(self, source: int, target: int) -> None:
        """Copy a row onto another."""
        groups, length = self._groups, self.lengths[source]
        for stores in (self._keys, self._values):
            for store in stores:
                store[target * groups : (target + 1) * groups, :length] = store[
                    source * groups : (source + 1) * groups, :length
                ]
        self.lengths[target] = length

    def _fit(self, width: int) -> None:
        """Make the buffers as wide as that. Zeros: a column that is masked must still be a number."""
        if width <= self._width:
            return
        old, self._width = self._width, -(-width // COLUMNS) * COLUMNS
        for stores in (self._keys, self._values):
            for place, store in enumerate(stores):
                grown = store.new_zeros(self._rows * self._groups, self._width, self._size)
                grown[:, :old] = store
                stores[place] = grown
        cos, sin = self._inner.rotary_emb(self._inner.norm.weight, torch.arange(self._width)[None])
        half = self._size // 2
        self._cos, self._sin = cos[0], torch.cat([-sin[0, :, :half], sin[0, :, half:]], -1)

    def _project(
        self, layer: _Layer, state: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Query (tokens, heads, size), key and value (tokens, groups, size), the first two at their positions."""
        rows = functional.rms_norm(state, (state.shape[-1],), layer.attends, self._eps)
        both = torch.cat([layer.query(rows), layer.key(rows)], -1).view(len(state), -1, self._size)
        both = torch.addcmul(both * cos, both.roll(self._size // 2, -1), sin)
        value: torch.Tensor = layer.value(rows).view(len(state), -1, self._size)
        return both[:, : self._heads], both[:, self._heads :], value

    def _finish(self, layer: _Layer, state: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        state = state + layer.output(seen)
        rows = functional.rms_norm(state, (state.shape[-1],), layer.feeds, self._eps)
        fed: torch.Tensor = layer.down(functional.silu(layer.gate(rows), inplace=True).mul_(layer.up(rows)))
        return state + fed

    def _logits(self, state: torch.Tensor) -> torch.Tensor:
        last = functional.rms_norm(state, (state.shape[-1],), self._inner.norm.weight, self._eps)
        logits: torch.Tensor = self._model.lm_head(last)
        return logits
