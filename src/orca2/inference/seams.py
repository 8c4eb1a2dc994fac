"""What PyTorch and `transformers` have and do not promise to keep: used nowhere else here, looked for before use."""

from typing import Any

import torch


def attention_of(model: Any) -> str:
    """The name of the attention that a model, or a layer of it, was made with or switched to."""
    return str(getattr(model.config, "_attn_implementation", None) or "")


def is_stateful(model: Any) -> bool:
    """Whether a model carries a state on, which cannot go back to where it was."""
    return bool(getattr(model, "_is_stateful", False))


def can_pack() -> bool:
    """Whether this build of PyTorch and this processor lay out bfloat16 weights; without AVX-512 it is refused."""
    ops = torch.ops.mkldnn
    named = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    return all(hasattr(ops, name) for name in named) and bool(ops._is_mkldnn_bf16_supported())


def pack(weight: torch.Tensor, rows: int) -> torch.Tensor:
    """A weight (out, in) as the kernels for about so many rows read it."""
    packed: torch.Tensor = torch.ops.mkldnn._reorder_linear_weight(weight, rows)
    return packed


def packed_product(rows: torch.Tensor, packed: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(rows, packed, bias, "none", [], "")
    return product


def compile_cuda(source: str, name: str) -> Any:
    """A kernel of CUDA's C++, compiled by what PyTorch brings; AttributeError where it brings nothing."""
    return torch.cuda._compile_kernel(source, name)
