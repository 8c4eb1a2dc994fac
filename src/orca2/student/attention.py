"""Variable-length attention for packed rows on CUDA: each document alone, no mask of row by row.

On other devices the block-diagonal mask that `transformers` makes from position ids does the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, flash_attention_mask

from orca2.student.rows import boundaries

NAME = "orca2_varlen"


def varlen_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    cu_seq_lens_q: torch.Tensor,
    cu_seq_lens_k: torch.Tensor,
    max_length_q: int,
    max_length_k: int,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """query (1, heads, length, size), key and value (1, groups, length, size); (1, length, heads, size)."""
    kind = query.device.type
    compute = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else query.dtype
    repeat = query.shape[1] // key.shape[1]
    q, k, v = (tensor[0].transpose(0, 1).to(compute) for tensor in (query, key, value))
    if repeat > 1:
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
    window = (-1 if sliding_window is None else sliding_window - 1, 0)
    output = varlen_attn(
        q, k, v, cu_seq_lens_q, cu_seq_lens_k, max_length_q, max_length_k, scale=scaling, window_size=window
    )  # fmt: skip
    assert isinstance(output, torch.Tensor)
    return output[None], None


def fits(model: Any, compute: torch.dtype) -> bool:
    """Whether a model's attention can be swapped for this one: half precision on CUDA, plain softmax."""
    config, device = model.config, model.device
    return (
        device.type == "cuda"
        and torch.cuda.get_device_capability(device) >= (8, 0)
        and compute in (torch.bfloat16, torch.float16)
        and {"scale", "window_size"} <= signature(varlen_attn).parameters.keys()  # PyTorch 2.10 has neither
        and config._attn_implementation == "sdpa"
        and bool(getattr(model, "_supports_flash_attn", False))
        and getattr(config, "attn_logit_softcapping", None) is None
        and not getattr(config, "attention_dropout", 0.0)
        and _agrees(model, compute)
    )


@torch.no_grad()
def _agrees(model: Any, compute: torch.dtype) -> bool:
    """Whether the logits are those of the model's own attention, to half precision's rounding."""
    ids = torch.randint(0, model.get_input_embeddings().weight.shape[0], (1, 32), generator=torch.Generator())
    inputs = {"input_ids": ids.to(model.device), "use_cache": False}
    with torch.autocast(model.device.type, compute):
        own = model(**inputs).logits.float()
        with varlen(model):
            extra = {k: v.to(model.device) if torch.is_tensor(v) else v for k, v in boundaries([32]).items()}
            ours = model(**inputs, **extra).logits.float()
    return bool((own - ours).norm() < 0.02 * own.norm())


@contextmanager
def varlen(model: Any) -> Iterator[None]:
    """The model with this attention, and with its own again afterwards."""
    AttentionInterface.register(NAME, varlen_attention)
    AttentionMaskInterface.register(NAME, flash_attention_mask)
    before = model.config._attn_implementation
    model.set_attn_implementation(NAME)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
