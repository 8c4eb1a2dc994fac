"""How many answers a model makes at once, and how much memory their key-value caches may take."""

import os
from dataclasses import dataclass
from typing import Any

import torch

SHARE = 0.5  # of the memory that is free once the model is loaded
KEPT = 0.3  # of that: for the caches of conversations that wait for their next turn


@dataclass(frozen=True, slots=True)
class Bounds:
    """`rows` answers at once, whose cache holds `tokens`; caches of `kept` tokens stay after answers have ended.

    `chunk` tokens of new prompts at most are read between two steps of the answers under way, of `together` prompts at
    once: a GPU reads several as fast as one, a CPU several of a few tokens.
    """

    rows: int = 64
    tokens: int = 32_768
    kept: int = 16_384
    chunk: int = 256
    together: int = 1


def bounds_for(model: Any, rows: int = 64) -> Bounds:
    """As much as the memory of a model's device allows."""
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    each = 2 * config.num_hidden_layers * heads * size * model.dtype.itemsize
    room = int(SHARE * _free(model.device)) // each
    most = rows * min(getattr(config, "max_position_embeddings", 1 << 14), 1 << 14)
    return Bounds(
        rows=rows,
        tokens=min(int((1 - KEPT) * room), most),
        kept=min(int(KEPT * room), most),
        chunk=256 if model.device.type == "cpu" else 2048,
        together=min(rows, 8) if model.device.type == "cpu" else rows,
    )


def _free(device: torch.device) -> int:
    """Bytes that may still be taken."""
    if device.type == "cuda":
        idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)  # PyTorch's, for what comes
        return torch.cuda.mem_get_info(device)[0] + idle
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
