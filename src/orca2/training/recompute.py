"""Layers that keep less for the backward pass: what is quickly worked out again is not kept.

Of a LLaMA-shaped layer as `transformers` has it, the norm keeps its input and what it made of it, each product that
reads that has a half-precision copy of its own, and the gate is kept before and after its activation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch.autograd.function import once_differentiable
from torch.nn.functional import silu

from orca2.training.tied_embedding import tied_embedding_grad

LAYERS = ("LlamaDecoderLayer", "MistralDecoderLayer", "Qwen2DecoderLayer", "Qwen3DecoderLayer")
NORMS = ("input_layernorm", "post_attention_layernorm")  # of these layers both feed products only


class RmsNorm(torch.autograd.Function):
    """rows (..., width) over their root mean square, times the weight; in the type of the products that read it."""

    @staticmethod
    def forward(ctx: Any, rows: torch.Tensor, weight: torch.Tensor, eps: float, made: torch.dtype) -> torch.Tensor:
        whole = rows.float()
        scale = torch.rsqrt(whole.square().mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(rows, weight, scale)
        return (weight * (whole * scale).to(rows.dtype)).to(made)

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None, None, None]:
        rows, weight, scale = ctx.saved_tensors
        grad, unit = grad.float(), rows.float() * scale
        weight_grad = None
        if ctx.needs_input_grad[1]:
            weight_grad = (grad * unit).flatten(0, -2).sum(0).to(weight.dtype)
        grad = grad * weight
        grad -= unit * (grad * unit).mean(-1, keepdim=True)
        return (grad * scale).to(rows.dtype), weight_grad, None, None


class SiluMul(torch.autograd.Function):
    """silu(gate) x up."""

    @staticmethod
    def forward(ctx: Any, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(gate, up)
        return silu(gate) * up

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        gate, up = ctx.saved_tensors
        return torch.ops.aten.silu_backward(grad * up, gate), grad * silu(gate)


@contextmanager
def recompute_layers(model: Any) -> Iterator[None]:
    """The model with such layers where it has the shape, and with its own again afterwards."""
    changed = []
    for layer in [module for module in model.modules() if type(module).__name__ in LAYERS]:
        for norm in (getattr(layer, name) for name in NORMS):
            norm.forward = partial(_norm, norm)
            changed.append(norm)
        if type(layer.mlp.act_fn).__name__ in ("SiLU", "SiLUActivation"):
            layer.mlp.forward = partial(_feed, layer.mlp)
            changed.append(layer.mlp)
    cached = torch.is_autocast_cache_enabled()
    torch.set_autocast_cache_enabled(False)  # or all weights would be kept in half precision too
    try:
        with tied_embedding_grad(model):
            yield
    finally:
        torch.set_autocast_cache_enabled(cached)
        for module in changed:
            del module.forward


def _norm(norm: Any, rows: torch.Tensor) -> torch.Tensor:
    kind = rows.device.type
    made = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else torch.promote_types(
        rows.dtype, norm.weight.dtype
    )  # fmt: skip
    output: torch.Tensor = RmsNorm.apply(rows, norm.weight, norm.variance_epsilon, made)  # type: ignore[no-untyped-call]
    return output


def _feed(feed: Any, rows: torch.Tensor) -> torch.Tensor:
    gated = SiluMul.apply(feed.gate_proj(rows), feed.up_proj(rows))  # type: ignore[no-untyped-call]
    output: torch.Tensor = feed.down_proj(gated)
    return output
