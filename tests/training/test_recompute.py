"""Layers that keep less for the backward pass compute the same, keep less, and leave no trace."""

from typing import Any

import pytest
import torch
from torch.nn.functional import rms_norm
from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

from orca2.training.recompute import RmsNorm, SiluMul, recompute_layers
from tests.training.test_loss import SMALL

IDS = torch.arange(3, 90)[None]


def gradients(model: Any) -> tuple[torch.Tensor, int]:
    """All gradients of one loss in one vector, and the bytes that were kept for the backward pass."""
    kept: dict[int, int] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    model.zero_grad()
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = model(IDS, labels=IDS, use_cache=False).loss
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    loss.backward()
    found = torch.cat([p.grad.flatten().float() for p in model.parameters() if p.grad is not None])
    return found, sum(size for place, size in kept.items() if place not in weights)


@pytest.mark.parametrize(
    ("kind", "config"), [(LlamaForCausalLM, LlamaConfig(**SMALL)), (Qwen3ForCausalLM, Qwen3Config(**SMALL))]
)
@pytest.mark.parametrize("half", [False, True])
def test_gradients_are_the_same_and_less_is_kept(kind: Any, config: Any, half: bool) -> None:
    torch.manual_seed(0)
    model = kind(config)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        plain, much = gradients(model)
        with recompute_layers(model):
            ours, little = gradients(model)
        again, _ = gradients(model)
    assert torch.equal(plain, again) and not any("forward" in vars(module) for module in model.modules())
    assert float((ours - plain).norm() / plain.norm()) < (0.01 if half else 1e-6)
    assert little < 0.9 * much


def test_frozen_weights_get_no_gradient_and_what_lies_before_them_does() -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**SMALL, tie_word_embeddings=False))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_("q_proj" in name)
    plain, _ = gradients(model)
    with recompute_layers(model):
        ours, _ = gradients(model)
    assert plain.norm() > 0 and torch.allclose(ours, plain, atol=1e-7)


def test_slopes_are_those_of_the_definition() -> None:
    torch.manual_seed(0)
    rows, weight, grad = torch.randn(3, 5, 8), torch.randn(8), torch.randn(3, 5, 8)
    found = []
    for norm in (lambda r, w: RmsNorm.apply(r, w, 1e-6, torch.float32), lambda r, w: rms_norm(r, (8,), w, 1e-6)):
        leaves = rows.clone().requires_grad_(), weight.clone().requires_grad_()
        norm(*leaves).backward(grad)
        found.append([leaf.grad for leaf in leaves])
    for ours, plain in zip(*found, strict=True):
        assert torch.allclose(ours, plain, atol=1e-5)
    gate, up = (torch.randn(4, 6, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(SiluMul.apply, (gate, up))
