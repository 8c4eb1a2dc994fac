"""Variable-length attention for packed rows: each document alone, no mask of row by row.

CUDA has a kernel for it; on a CPU the documents are gone through one by one. Where neither fits, the block-diagonal
mask that `transformers` makes from position ids does the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from itertools import pairwise
from typing import Any

import torch
from torch.nn.attention.varlen import varlen_attn
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, flash_attention_mask

from orca2.training.rows import boundaries, to_device

NAME = "orca2_varlen"
BLOCK = 64  # tokens


def varlen_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    cu_seq_lens_q: torch.Tensor,
    max_length_q: int,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **rest: Any,
) -> tuple[torch.Tensor, None]:
    """query (1, heads, length, size), key and value (1, groups, length, size); (1, length, heads, size)."""
    kind = query.device.type
    compute = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else query.dtype
    q, k, v = (tensor.to(compute) for tensor in (query, key, value))
    attend = _through_kernel if kind == "cuda" else _document_by_document
    return attend(q, k, v, cu_seq_lens_q, max_length_q, scaling, sliding_window), None


def _through_kernel(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    ends: torch.Tensor,
    longest: int,
    scaling: float | None,
    window: int | None,
) -> torch.Tensor:
    repeat = q.shape[1] // k.shape[1]
    if repeat > 1:
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
    q, k, v = (tensor[0].transpose(0, 1) for tensor in (q, k, v))
    sides = (-1 if window is None else window - 1, 0)
    output = varlen_attn(q, k, v, ends, ends, longest, longest, scale=scaling, window_size=sides)
    assert isinstance(output, torch.Tensor)
    return output[None]


@torch.compiler.disable  # type: ignore[untyped-decorator]
def _document_by_document(
    q: torch.Tensor,
    k: torch.Tensor,
    v: torch.Tensor,
    ends: torch.Tensor,
    longest: int,
    scaling: float | None,
    window: int | None,
) -> torch.Tensor:
    """The same without a kernel for it: scaled dot-product attention of each document, in turn.

    A document is taken with so much of what follows it that its length is a multiple of `BLOCK`: causal attention
    does not look there, and each new length that the CPU's kernel meets takes memory for good (5 MB here).
    """
    parts, whole = [], q.shape[2]
    for start, end in pairwise(ends.tolist()):
        longer = min(start + -(-(end - start) // BLOCK) * BLOCK, whole)
        span, mask = slice(start, longer), None
        if window is not None and end - start > window:
            mask = torch.ones(longer - start, longer - start, dtype=torch.bool, device=q.device).tril().triu(1 - window)
        seen = scaled_dot_product_attention(
            q[:, :, span], k[:, :, span], v[:, :, span], mask, is_causal=mask is None, scale=scaling, enable_gqa=True
        )
        parts.append(seen[:, :, : end - start])
    return torch.cat(parts, 2).transpose(1, 2)


def supports_varlen(model: Any, compute: torch.dtype) -> bool:
    """Whether a model's attention can be swapped for this one: plain softmax, and on CUDA a kernel for it."""
    config, device = model.config, model.device
    return (
        (device.type == "cpu" or _kernel(device, compute))
        and config._attn_implementation == "sdpa"
        and bool(getattr(model, "_supports_flash_attn", False))
        and getattr(config, "attn_logit_softcapping", None) is None
        and not getattr(config, "attention_dropout", 0.0)
        and _agrees(model, compute)
    )


def _kernel(device: torch.device, compute: torch.dtype) -> bool:
    """Half precision, from Ampere on."""
    return (
        device.type == "cuda"
        and torch.cuda.get_device_capability(device) >= (8, 0)
        and compute in (torch.bfloat16, torch.float16)
        and {"scale", "window_size"} <= signature(varlen_attn).parameters.keys()  # PyTorch 2.10 has neither
    )


@torch.no_grad()
def _agrees(model: Any, compute: torch.dtype) -> bool:
    """Whether the logits are those of the model's own attention, to rounding.

    In half precision a deep model's logits differ by percents between two right kernels: what its two own ways to
    attend differ by is the measure.
    """
    ids = torch.randint(0, model.get_input_embeddings().weight.shape[0], (1, 32), generator=torch.Generator())
    inputs = {"input_ids": ids.to(model.device), "use_cache": False}
    with torch.autocast(model.device.type, compute, enabled=compute != torch.float32):
        own_logits = model(**inputs).logits.float()
        with using_attention(model, "eager"):
            eager_logits = model(**inputs).logits.float()
        try:
            with varlen(model):
                varlen_logits = model(**inputs, **to_device(model.device, boundaries([32]))).logits.float()
        except ValueError:  # layers that are no attention have no kernel for packed rows, and say so
            return False
    far = max(0.02 * own_logits.norm(), 3 * (own_logits - eager_logits).norm())
    return bool((own_logits - varlen_logits).norm() < far < 0.3 * own_logits.norm())


@contextmanager
def varlen(model: Any) -> Iterator[None]:
    """The model with this attention, and with its own again afterwards."""
    AttentionInterface.register(NAME, varlen_attention)
    AttentionMaskInterface.register(NAME, flash_attention_mask)
    with using_attention(model, NAME):
        yield


@contextmanager
def using_attention(model: Any, how: str) -> Iterator[None]:
    before = model.config._attn_implementation
    model.set_attn_implementation(how)
    try:
        yield
    finally:
        model.set_attn_implementation(before)
