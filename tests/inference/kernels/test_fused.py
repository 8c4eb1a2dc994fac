"""Merged products and the kernels between them against the model's own layers; without a GPU, through Triton's
interpreter."""

import copy
import importlib.util
from typing import Any

import pytest
import torch

from orca2.inference.kernels import fused, norms
from orca2.inference.kv_cache import batched
from orca2.inference.kv_cache.batched import additive_mask, attention_masks
from orca2.inference.model_rows import ModelRows
from tests.inference.test_rows import MODELS

if importlib.util.find_spec("triton") is None:
    pytest.skip("Triton is not installed", allow_module_level=True)
from orca2.inference.kernels import triton_kernels

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.fixture(autouse=True)
def _kernels_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (fused, norms, batched):
        monkeypatch.setattr(module, "kernels", lambda device: triton_kernels)


@pytest.fixture(params=["llama", "llama3", "wide", "mistral", "qwen2"])
def plain(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    model = MODELS[request.param]().eval().to(DEVICE)
    for name, parameter in model.named_parameters():
        if "bias" in name or "norm" in name:
            torch.nn.init.normal_(parameter, 1.0, 0.2)
    return model


def fused_copy(plain: Any) -> Any:
    model = copy.deepcopy(plain)
    norms.fuse_norms(model)
    fused.fuse_layers(model)
    assert all("forward" in vars(part) for layer in model.model.layers for part in (layer.self_attn, layer.mlp))
    return model


def test_layers_give_what_the_models_own_give(plain: Any) -> None:
    ours, ids = fused_copy(plain), torch.randint(0, 97, (3, 10), device=DEVICE)
    with torch.inference_mode():
        wanted = plain(ids).logits
        torch.testing.assert_close(ours(ids).logits, wanted, atol=2e-5, rtol=1e-4)
        cache = ours(ids[:, :-1], use_cache=True).past_key_values
        last = ours(ids[:, -1:], past_key_values=cache, use_cache=True).logits
    torch.testing.assert_close(last, wanted[:, -1:], atol=2e-5, rtol=1e-4)


def test_a_conversation_says_the_same(plain: Any) -> None:
    rows, ids = ModelRows(fused_copy(plain), 1 << 20), [5, 6, 7, 8]
    rows._additive = True
    rows.cache.reserve(1, 20)
    found = rows.prefill(0, [ids], [0])[0][-1]
    for _ in range(12):
        with torch.inference_mode():
            torch.testing.assert_close(
                found, plain(torch.tensor([ids], device=DEVICE)).logits[0, -1], atol=2e-5, rtol=1e-4
            )
        ids.append(int(found.argmax()))
        found = rows.decode_step(ids[-1:], [len(ids) - 1])[-1]


def test_weights_stay_where_they_were_and_can_be_trained_again(plain: Any) -> None:
    ours, ids = fused_copy(plain), torch.randint(0, 97, (2, 7), device=DEVICE)
    for (name, one), (other, two) in zip(ours.state_dict().items(), plain.state_dict().items(), strict=True):
        assert name == other
        torch.testing.assert_close(one, two, rtol=0, atol=0)
    feed = ours.model.layers[0].mlp
    assert feed.gate_proj.weight.untyped_storage().data_ptr() == feed.up_proj.weight.untyped_storage().data_ptr()
    for model in (ours, plain):
        model.zero_grad()
        model(ids, labels=ids).loss.backward()
    for one, two in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, two.grad, atol=2e-5, rtol=1e-3)


def test_products_of_another_kind_are_left_alone(plain: Any) -> None:
    class Other(torch.nn.Linear):
        pass

    attention = plain.model.layers[0].self_attn
    attention.k_proj.__class__ = Other
    fused.fuse_layers(plain)
    assert "forward" not in vars(attention) and "forward" in vars(plain.model.layers[1].self_attn)


def test_a_mask_to_add_is_the_boolean_one() -> None:
    class Config:
        layer_types = ("full_attention", "sliding_attention")
        sliding_window = 2

    seen = attention_masks(Config, torch.tensor([[2, 3]]), 5)
    for kind, one in additive_mask(seen, torch.bfloat16).items():
        assert torch.equal(one == 0, seen[kind]) and torch.equal(torch.isneginf(one), ~seen[kind])
