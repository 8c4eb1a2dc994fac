"""The key-value cache of one conversation: ids go in, the logits of what follows come out, and it can be cut back.

A model of LLaMA's shape on a CPU goes its own way through the layers: one row, buffers that stay, a third of the
operations. Every other model goes through its own `forward`, on a GPU as CUDA graphs.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import torch
from torch.nn import functional

from orca2.inference.cuda_graphs import GraphedDecoder
from orca2.inference.kernels.fused import LLAMAS
from orca2.inference.kv_cache.batched import BatchedKVCache, supports_batched_cache

ROOM = 1024  # tokens that a GPU's first buffers hold; they double as needed, and graphs made before are lost then
FIRST = 256  # tokens that the first buffers hold; they double as needed
SMALL = 1024  # keys of a token in a layer up to which they are kept in float32: three times as fast for one query
ROPES = ("default", "linear", "llama3")  # whose angles depend on the position alone


class SequenceCache(Protocol):
    length: int

    def extend(self, ids: Sequence[int]) -> torch.Tensor:
        """Logits (vocabulary,) of what follows the last id."""
        ...

    def crop(self, length: int) -> None:
        """Forget all but the first `length` ids."""
        ...


def make_cache(model: Any) -> SequenceCache:
    if model.device.type == "cuda" and supports_batched_cache(model.config.get_text_config()):
        return GraphedCache(model)
    return LlamaCache(model) if is_llama_shaped(model) else ModelCache(model)


class ModelCache:
    """Any causal model of `transformers`."""

    def __init__(self, model: Any) -> None:
        self._model, self._cache, self.length = model, None, 0

    @torch.inference_mode()
    def extend(self, ids: Sequence[int]) -> torch.Tensor:
        feed = torch.tensor([list(ids)], device=self._model.device)
        try:
            output = self._model(feed, past_key_values=self._cache, use_cache=True, logits_to_keep=1)
        except BaseException:  # Ctrl-C too: some layers may hold the ids and others not
            self._cache, self.length = None, 0
            raise
        self._cache, self.length = output.past_key_values, self.length + len(ids)
        logits: torch.Tensor = output.logits[0, -1]
        return logits

    def crop(self, length: int) -> None:
        if length >= self.length:
            return
        layers = getattr(self._cache, "layers", [])
        if length == 0 or any(getattr(layer, "is_sliding", False) for layer in layers):  # those forget for good
            self._cache, self.length = None, 0
        else:
            assert self._cache is not None
            self._cache.crop(length - self.length)  # how many to take off, as a negative number
            self.length = length


class GraphedCache:
    """One row of `BatchedKVCache`, which stays where it is while ids come."""

    def __init__(self, model: Any, room: int = ROOM) -> None:
        self._model, self._room, self.length = model, room, 0
        self._cache = BatchedKVCache(1 << 30)
        self._decoder = GraphedDecoder(model, self._cache)

    @torch.inference_mode()
    def extend(self, ids: Sequence[int]) -> torch.Tensor:
        start, end = self.length, self.length + len(ids)
        while self._room < end:
            self._room *= 2
        self._cache.reserve(1, self._room, 1)
        if len(ids) == 1:
            logits = self._decoder.decode_step(ids, [start])
        else:
            feed = torch.tensor([list(ids)], device=self._model.device)
            positions = torch.arange(start, end, device=self._model.device)[None]
            logits = self._decoder.forward(feed, slice(0, 1), slice(start, end), positions, end)
        self.length = end
        return logits[0]

    def crop(self, length: int) -> None:
        self.length = min(self.length, length)


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


class LlamaCache:
    """A LLaMA, Mistral or Qwen2 on a CPU. Buffers are (num_kv_heads, tokens, head_dim) a layer."""

    def __init__(self, model: Any) -> None:
        config = model.config
        self._model, self.length = model, 0
        self._layers = [LlamaLayer.of(layer) for layer in model.model.layers]
        self._num_heads, self._num_kv_heads = config.num_attention_heads, config.num_key_value_heads
        self._head_dim: int = model.model.layers[0].self_attn.head_dim
        self._eps: float = config.rms_norm_eps
        self._dtype = torch.float32 if self._num_kv_heads * self._head_dim <= SMALL else model.dtype
        self._keys: list[torch.Tensor] = []
        self._values: list[torch.Tensor] = []
        self._room = 0

    @torch.inference_mode()
    def extend(self, ids: Sequence[int]) -> torch.Tensor:
        start, end = self.length, self.length + len(ids)
        self._make_room(end)
        inner = self._model.model
        state = inner.embed_tokens(torch.tensor(list(ids)))
        cos, sin = self._cos[start:end, None], self._sin[start:end, None]
        for layer, keys, values in zip(self._layers, self._keys, self._values, strict=True):
            rows = self._norm(state, layer.attention_norm)
            qk = torch.cat([layer.query(rows), layer.key(rows)], -1).view(len(ids), -1, self._head_dim)
            qk = torch.addcmul(qk * cos, qk.roll(self._head_dim // 2, -1), sin)  # rotary positions
            keys[:, start:end] = qk[:, self._num_heads :].transpose(0, 1)
            values[:, start:end] = layer.value(rows).view(len(ids), -1, self._head_dim).transpose(0, 1)
            seen = self._attend(qk[:, : self._num_heads], keys[:, :end], values[:, :end])
            state = state + layer.output(seen)
            rows = self._norm(state, layer.mlp_norm)
            state = state + layer.down(functional.silu(layer.gate(rows)) * layer.up(rows))
        self.length = end
        logits: torch.Tensor = self._model.lm_head(self._norm(state[-1:], inner.norm.weight))[0]
        return logits

    def crop(self, length: int) -> None:
        self.length = min(self.length, length)

    def _norm(self, rows: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return functional.rms_norm(rows, (rows.shape[-1],), weight, self._eps)

    def _attend(self, query: torch.Tensor, keys: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        """(new, heads x head_dim), of the last tokens' query (new, heads, head_dim) and all keys and values
        (num_kv_heads, all, head_dim)."""
        new, length = len(query), keys.shape[1]
        if new == 1:
            grouped = query.reshape(self._num_kv_heads, -1, self._head_dim).to(keys.dtype)
            scores = torch.baddbmm(keys.new_empty(1), grouped, keys.transpose(1, 2), beta=0, alpha=self._head_dim**-0.5)
            weights = scores.softmax(-1, dtype=torch.float32).to(values.dtype)
            return torch.bmm(weights, values).view(1, -1).to(query.dtype)
        keys, values = (part.to(query.dtype)[None] for part in (keys, values))
        mask = torch.ones(new, length, dtype=torch.bool).tril(length - new)
        output = functional.scaled_dot_product_attention(
            query.transpose(0, 1)[None], keys, values, attn_mask=mask, enable_gqa=True
        )
        return output[0].transpose(0, 1).reshape(new, -1)

    def _make_room(self, length: int) -> None:
        if length <= self._room:
            return
        old, room = self._room, max(FIRST, self._room)
        while room < length:
            room *= 2
        parts = [*self._keys, *self._values] if old else [None] * 2 * len(self._layers)
        grown = []
        for part in parts:
            buffer = torch.empty(self._num_kv_heads, room, self._head_dim, dtype=self._dtype)
            if part is not None:
                buffer[:, : self.length] = part[:, : self.length]
            grown.append(buffer)
        self._keys, self._values = grown[: len(self._layers)], grown[len(self._layers) :]
        cos, sin = self._model.model.rotary_emb(self._model.model.norm.weight, torch.arange(room)[None])
        half = self._head_dim // 2
        self._cos, self._sin = cos[0], torch.cat([-sin[0, :, :half], sin[0, :, half:]], -1)
        self._room = room


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
