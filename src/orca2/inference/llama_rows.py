"""Many answers of one model of LLaMA's shape on a CPU: its own way through the layers, over buffers that stay.

`transformers` copies the whole cache at every step to make room for one column, and takes three times as many
operations; for 40 rows of SmolLM2-135M that is half of the time.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from orca2.inference.kv_cache.growing import _Layer, _llama_shaped

COLUMNS = 64  # widths are multiples of it
STEMS = 4  # prompts read last whose beginnings may be those of the next: a few system messages take turns
STEM = 256  # ids of each that are kept at most
SHARED = 8  # ids in common that are worth copying
fits = _llama_shaped  # whether a model can go this way


class _Stem(NamedTuple):
    """The beginning of a prompt that was read, with its keys and values (groups, tokens, size) of each layer."""

    ids: Sequence[int]
    keys: list[torch.Tensor]
    values: list[torch.Tensor]

    def shared(self, ids: Sequence[int]) -> int:
        """How many ids a prompt begins with are ours too, at least one left to read."""
        most = min(len(ids) - 1, len(self.ids))
        return next((at for at in range(most) if self.ids[at] != ids[at]), most)


class LlamaRows:
    """Keys and values of rows that are numbered from 0; `lengths` says how much each holds.

    The buffers are as wide as the longest row asks for, rounded up: the kernel of the products copies what is not
    contiguous, so a step goes over whole rows, and what a row does not hold is masked.
    """

    def __init__(self, model: Any) -> None:
        config = model.config
        self._model, self._inner = model, model.model
        self._layers = [_Layer.of(layer) for layer in model.model.layers]
        self._heads, self._groups = config.num_attention_heads, config.num_key_value_heads
        self._size: int = model.model.layers[0].self_attn.head_dim
        self._eps: float = config.rms_norm_eps
        self._rows = self._width = 0
        empty = torch.zeros(0, 0, self._size, dtype=model.dtype)
        self._keys, self._values = [empty for _ in self._layers], [empty for _ in self._layers]
        self.lengths: list[int] = []
        self._stems: deque[_Stem] = deque(maxlen=STEMS)

    def read(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Put prompts into a row and those after it; logits (prompts, vocabulary) of what follows each."""
        return torch.cat([self._read(place, ids) for place, ids in enumerate(prompts, row)])

    def _read(self, row: int, ids: Sequence[int]) -> torch.Tensor:
        count, place = len(ids), slice(row * self._groups, (row + 1) * self._groups)
        self._fit(row + 1, count + 1)
        stem = max(self._stems, key=lambda one: one.shared(ids), default=None)
        known = stem.shared(ids) if stem is not None else 0
        if stem is None or known < SHARED:
            known = 0
        else:
            for kept, stores in ((stem.keys, self._keys), (stem.values, self._values)):
                for part, store in zip(kept, stores, strict=True):
                    store[place, :known] = part[:, :known]
        state = self._inner.embed_tokens(torch.tensor(list(ids[known:])))
        cos, sin = self._cos[known:count, None], self._sin[known:count, None]
        seen = torch.ones(count - known, count, dtype=torch.bool).tril(known) if known else None
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            query, key, value = self._project(layer, state, cos, sin)
            keys[place, known:count], values[place, known:count] = key.transpose(0, 1), value.transpose(0, 1)
            found = functional.scaled_dot_product_attention(
                query.transpose(0, 1)[None], keys[None, place, :count], values[None, place, :count],
                attn_mask=seen, is_causal=not known, enable_gqa=True,
            )  # fmt: skip
            state = self._finish(layer, state, found[0].transpose(0, 1).reshape(count - known, -1))
        self.lengths[row] = count
        if known < min(count - 1, STEM):  # else it is one that stands there already
            held = ([store[place, : min(count, STEM)].clone() for store in part] for part in (self._keys, self._values))
            self._stems.append(_Stem(ids[:STEM], *held))
        return self._logits(state[-1:])

    def step(self, ids: Sequence[int]) -> torch.Tensor:
        """Add one id to each of the first rows; logits (rows, vocabulary) of what follows."""
        count, groups, size = len(ids), self._groups, self._size
        positions, batch = torch.tensor(self.lengths[:count]), count * groups
        self._fit(count, max(self.lengths[:count]) + 1)
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

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Copy rows onto others, none of which is a source."""
        groups = self._groups
        for source, target in zip(sources, targets, strict=True):
            length = self.lengths[source]
            for store in (*self._keys, *self._values):
                store[target * groups : (target + 1) * groups, :length] = store[
                    source * groups : (source + 1) * groups, :length
                ]
            self.lengths[target] = length

    def _fit(self, rows: int, width: int) -> None:
        """Have room for `rows` rows, of which all but the last may hold something, of `width` tokens.

        Rows beyond them are let go where the width grows: what is long leaves room for few.
        """
        if rows <= self._rows and width <= self._width:
            return
        had, old = min(self._rows, rows), self._width
        if width > self._width:
            self._rows, self._width = rows, -(-width // COLUMNS) * COLUMNS
            cos, sin = self._inner.rotary_emb(self._inner.norm.weight, torch.arange(self._width)[None])
            half = self._size // 2
            self._cos, self._sin = cos[0], torch.cat([-sin[0, :, :half], sin[0, :, half:]], -1)
        else:
            self._rows = rows + rows // 4  # so that growing row by row copies little
        for stores in (self._keys, self._values):
            for place, store in enumerate(stores):  # zeros: a column that is masked must still be a number
                grown = store.new_zeros(self._rows * self._groups, self._width, self._size)
                grown[: had * self._groups, :old] = store[: had * self._groups]
                stores[place] = grown
        self.lengths = [*self.lengths[:had], *[0] * (self._rows - had)]

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
