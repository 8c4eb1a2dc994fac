"""How many answers a model makes at once, and how much memory their key-value caches may take."""

from dataclasses import dataclass
from typing import Any

from orca2.checkpoints.free_memory import free_memory

MEMORY_SHARE = 0.5  # of the memory that is free once the model is loaded
PREFIX_SHARE = 0.3  # of that: for the caches of conversations that wait for their next turn
BATCH_ROWS = {"cuda": 512}  # of a batch, by device; elsewhere more than 64 do not make a step's products any faster
BATCH_PREFIX = 4096  # tokens of shared beginnings that a batch keeps


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """`rows` answers at once, whose cache holds `tokens`; caches of `prefix_tokens` stay after answers have ended.

    `prefill_chunk` tokens of new prompts at most are read between two steps of the answers under way, of
    `prefill_rows` prompts at once: a GPU reads several as fast as one, a CPU several of a few tokens.

    In a `batch` nobody waits for the next id: a prompt begins only where its whole answer finds room, so that none is
    put back; prompts are read, so many tokens in a call, until no row is free, and again once `refill_share` are:
    a GPU moves many rows in the time of one, so those that have finished go together.
    """

    rows: int = 64
    tokens: int = 32_768
    prefix_tokens: int = 16_384
    prefill_chunk: int = 256
    prefill_rows: int = 1
    batch: bool = False
    refill_share: float = 0.0


def engine_limits(model: Any, rows: int = 64, tokens: int = 0, batch: bool = False) -> EngineLimits:
    """As much as the memory of a model's device allows; the usual sizes where nobody says how much is free.

    `tokens` is what the cache holds, if it is given. A batch has as many rows as suit the device.
    """
    config, on_gpu, on_cpu = model.config.get_text_config(), *(model.device.type == kind for kind in ("cuda", "cpu"))
    rows = BATCH_ROWS.get(model.device.type, 64) if batch else rows
    usual, most = EngineLimits(), rows * min(getattr(config, "max_position_embeddings", 1 << 14), 1 << 14)
    room = usual.tokens + usual.prefix_tokens
    if (free := free_memory(model.device)) is not None:
        room = int(MEMORY_SHARE * free) // kv_bytes(config, model.dtype.itemsize)
    prefix_tokens = min(int(PREFIX_SHARE * room), most)
    tokens = tokens or min(int((1 - PREFIX_SHARE) * room), most)
    if batch:
        tokens = tokens if on_gpu else min(tokens, usual.tokens)
        return EngineLimits(
            rows, tokens, min(BATCH_PREFIX, prefix_tokens), 8192 if on_gpu else 2048, rows, True, 0.125 * on_gpu
        )
    return EngineLimits(rows, tokens, prefix_tokens, 256 if on_cpu else 2048, min(rows, 8) if on_cpu else rows)


def kv_bytes(config: Any, itemsize: int) -> int:
    """Bytes of one token's keys and values in all layers, at `itemsize` bytes a number."""
    # layers that are not all alike, as Gemma 4's, have a config each
    layers = getattr(config, "per_layer_config", None) or [config] * config.num_hidden_layers
    return int(2 * sum(_kv_size(layer) for layer in layers) * itemsize)


def _kv_size(layer: Any) -> int:
    """Numbers in the keys of one token."""
    num_kv_heads = getattr(layer, "num_key_value_heads", None) or layer.num_attention_heads
    head_dim = getattr(layer, "head_dim", None) or layer.hidden_size // layer.num_attention_heads
    return int(num_kv_heads * head_dim)
