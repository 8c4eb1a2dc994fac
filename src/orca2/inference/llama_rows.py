"""Rows of a LLaMA, Mistral or Qwen2 on a CPU: its own way through the layers, a third of `transformers`' operations.

`transformers` also copies the whole cache at every step to make room for one column; for 40 rows of SmolLM2-135M the
two are half of the time.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch.nn import functional

from orca2.inference.kernels.fused import LLAMAS
from orca2.inference.kv_cache.batched import BatchedKVCache

SMALL = 1024  # keys of a token in a layer up to which one row keeps them in float32: three times as fast for one query
ROPES = ("default", "linear", "llama3")  # whose angles depend on the position alone


def is_llama_shaped(model: Any) -> bool:
    config = model.config
    kind = (getattr(config, "rope_parameters", None) or {}).get("rope_type", "default")
    return (
        type(model).__name__ in LLAMAS
        and model.device.type == "cpu"
        and getattr(config, "hidden_act", "") == "silu"
        and kind in ROPES
        and "sliding_attention" not in (getattr(config, "layer_types", None) or [])
        and (getattr(config, "sliding_window", None) is None or type(model).__name__ == "Qwen2ForCausalLM")
    )


class LlamaLayer(NamedTuple):
    """The parts of one layer, looked up once: a module looks for its children anew each time."""

    attention_norm: torch.Tensor
    query: Any
    key: Any
    value: Any
    output: Any
    mlp_norm: torch.Tensor
    gate: Any
    up: Any
    down: Any

    @classmethod
    def of(cls, layer: Any) -> "LlamaLayer":
        attention, feed = layer.self_attn, layer.mlp
        return cls(
            layer.input_layernorm.weight, attention.q_proj, attention.k_proj, attention.v_proj, attention.o_proj,
            layer.post_attention_layernorm.weight, feed.gate_proj, feed.up_proj, feed.down_proj,
        )  # fmt: skip


class LlamaRows:
    """What `Rows` says, over `cache`, which is as wide as the longest row asks for: the kernel of the products copies
    what is not contiguous, so a step goes over whole rows, and what a row does not hold is masked."""

    shared_from = 8

    def __init__(self, model: Any, limit: int, alone: bool = False) -> None:
        config = model.config
        self._model, self._inner = model, model.model
        self._layers = [LlamaLayer.of(layer) for layer in model.model.layers]
        self._num_heads, self._num_kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim: int = model.model.layers[0].self_attn.head_dim
        self._eps: float = config.rms_norm_eps
        self.cache = BatchedKVCache(limit, tight=True)
        dtype = torch.float32 if alone and self._num_kv_heads * self._head_dim <= SMALL else model.dtype
        empty = torch.zeros(0, self._num_kv_heads, 0, self._head_dim, dtype=dtype)
        self.cache.keys, self.cache.values = ([empty for _ in self._layers] for _ in range(2))
        self._cos = self._sin = torch.zeros(0, self._head_dim)

    def padded_rows(self, count: int) -> int:
        return count

    @torch.inference_mode()
    def prefill(
        self, row: int, parts: Sequence[Sequence[int]], starts: Sequence[int], every: bool = False
    ) -> Sequence[torch.Tensor]:
        """The products are of all parts at once, one after the other; each attends for itself."""
        counts = [len(part) for part in parts]
        spans = [(start, start + count) for start, count in zip(starts, counts, strict=True)]
        seen = [torch.ones(end - start, end, dtype=torch.bool).tril(start) if start else None for start, end in spans]
        positions = torch.cat([torch.arange(*span) for span in spans])
        cos, sin = self._angles(positions)
        state = self._inner.embed_tokens(torch.tensor([token for part in parts for token in part]))
        for layer, keys, values in zip(self._layers, self.cache.keys, self.cache.values, strict=True):
            query, key, value = (torch.split(part, counts) for part in self._project(layer, state, cos, sin))
            attended = []
            for index, (start, end) in enumerate(spans):
                own = (keys[row + index], values[row + index])
                for store, new in zip(own, (key[index], value[index]), strict=True):
                    store[:, start:end] = new.transpose(0, 1)
                held_keys, held_values = (store[None, :, :end].to(query[index].dtype) for store in own)
                one = functional.scaled_dot_product_attention(
                    query[index].transpose(0, 1)[None], held_keys, held_values,
                    attn_mask=seen[index], is_causal=not start, enable_gqa=True,
                )  # fmt: skip
                attended.append(one[0].transpose(0, 1).reshape(end - start, -1))
            state = self._finish(layer, state, attended[0] if len(attended) == 1 else torch.cat(attended))
        if every:
            return torch.split(self._logits(state), counts)
        last = torch.tensor(counts).cumsum(0) - 1
        return torch.split(self._logits(state[last]), 1)

    @torch.inference_mode()
    def decode_step(self, ids: Sequence[int], columns: Sequence[int], spare: Sequence[int] = ()) -> torch.Tensor:
        count, head_dim, dtype = len(ids), self._head_dim, self.cache.keys[0].dtype
        positions, batch, width = torch.tensor(columns), count * self._num_kv_heads, self.cache.width
        cos, sin = self._angles(positions)
        if count > 1:
            hidden = (torch.arange(width) > positions[:, None]).repeat_interleave(self._num_kv_heads, 0)[:, None]
            bias = torch.zeros(batch, 1, width, dtype=dtype).masked_fill_(hidden, float("-inf"))
            places = (torch.arange(batch), positions.repeat_interleave(self._num_kv_heads))
        else:
            bias = torch.zeros(1, dtype=dtype)
        state = self._inner.embed_tokens(torch.tensor(list(ids)))
        for layer, *stores in zip(self._layers, self.cache.keys, self.cache.values, strict=True):
            query, *new = self._project(layer, state, cos, sin)
            if count > 1:
                for store, states in zip(stores, new, strict=True):
                    store.view(-1, width, head_dim)[places] = states.reshape(batch, head_dim)
                keys, values = (store.view(-1, width, head_dim)[:batch] for store in stores)
            else:  # one row needs neither a mask nor what lies beyond it
                for store, states in zip(stores, new, strict=True):
                    store[0, :, columns[0]] = states[0]
                keys, values = (store[0, :, : columns[0] + 1] for store in stores)
            grouped = query.reshape(batch, -1, head_dim).to(dtype)
            scores = torch.baddbmm(bias, grouped, keys.transpose(1, 2), beta=int(count > 1), alpha=head_dim**-0.5)
            weights = scores.softmax(-1, dtype=torch.float32).to(dtype)
            state = self._finish(layer, state, torch.bmm(weights, values).view(count, -1).to(query.dtype))
        return self._logits(state)

    def _angles(self, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Cosines and sines of the rotary positions, (tokens, 1, head_dim)."""
        if len(self._cos) < self.cache.width:
            cos, sin = self._inner.rotary_emb(self._inner.norm.weight, torch.arange(self.cache.width)[None])
            half = self._head_dim // 2
            self._cos, self._sin = cos[0], torch.cat([-sin[0, :, :half], sin[0, :, half:]], -1)
        return self._cos[positions, None], self._sin[positions, None]

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
