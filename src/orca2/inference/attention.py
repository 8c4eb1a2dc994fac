"""Attention for decoding on a CPU: one query a row, grouped heads, two batched matrix products.

PyTorch's fused CPU kernel spends more time on one query than the rest of a small model does;
a decoding step of 64 rows of SmolLM2-135M took 100 ms in place of 167 to 213 on 2 cores.
"""

from typing import Any

import torch
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

from orca2.inference.seams import attention_of

NAME = "orca2_grouped"


def grouped_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """query (rows, heads, queries, head_dim), key and value (rows, num_kv_heads, length, head_dim).

    Returns (rows, queries, heads, head_dim). More than one query goes to PyTorch's own kernel.
    """
    rows, heads, queries, head_dim = query.shape
    if queries != 1 or (attention_mask is not None and attention_mask.dtype != torch.bool):
        output, _ = sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **rest
        )
        return output, None
    num_kv_heads, length = key.shape[1], key.shape[2]
    scale = head_dim**-0.5 if scaling is None else scaling
    grouped = (query * scale).reshape(rows * num_kv_heads, heads // num_kv_heads, head_dim)
    # keys on the left: on the right they would have to be transposed, and are copied for it, a quarter of a step
    scores = torch.bmm(key.reshape(rows * num_kv_heads, length, head_dim), grouped.transpose(1, 2))
    scores = scores.transpose(1, 2).to(torch.float32, memory_format=torch.contiguous_format)
    if attention_mask is not None:
        seen = attention_mask[:, :1, :, :length].expand(rows, num_kv_heads, 1, length)
        scores = scores.masked_fill(~seen.reshape(rows * num_kv_heads, 1, length), float("-inf"))
    weights = scores.softmax(-1).to(value.dtype)
    output = torch.bmm(weights, value.reshape(rows * num_kv_heads, length, head_dim)).view(rows, 1, heads, head_dim)
    return output, None


def use_grouped_attention(model: Any) -> None:
    """Switch a model on a CPU to this attention, where it offers the choice."""
    AttentionInterface.register(NAME, grouped_attention)
    AttentionMaskInterface.register(NAME, sdpa_mask)
    if attention_of(model) == "sdpa":
        model.set_attn_implementation(NAME)
