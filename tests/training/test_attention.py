"""Variable-length attention, on a CPU and through the call of its CUDA kernel, which the definition stands in for."""

from typing import Any

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM

from orca2.training import attention
from orca2.training.probe import LENGTH, packing_is_isolated
from orca2.training.rows import boundaries, pack
from tests.training.test_loss import DOCUMENTS, SMALL


def by_document(
    q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, cu_q: torch.Tensor, cu_k: torch.Tensor,
    max_q: int, max_k: int, *, scale: float | None, window_size: tuple[int, int],
) -> torch.Tensor:  # fmt: skip
    """What `varlen_attn` computes: causal attention within each document; (tokens, heads, size)."""
    assert torch.equal(cu_q, cu_k) and max_q == max_k == int(cu_q.diff().max()) and window_size[1] == 0
    parts = []
    for start, end in zip(cu_q[:-1].tolist(), cu_q[1:].tolist(), strict=True):
        at = torch.arange(end - start)
        seen = at[:, None] >= at
        if window_size[0] >= 0:
            seen &= at[:, None] - at <= window_size[0]
        one = (tensor[start:end].transpose(0, 1) for tensor in (q, k, v))
        parts.append(scaled_dot_product_attention(*one, attn_mask=seen, scale=scale).transpose(0, 1))
    return torch.cat(parts)


@pytest.fixture(params=["kernel", "one by one"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "kernel":
        monkeypatch.setattr(attention, "varlen_attn", by_document)
        monkeypatch.setattr(attention, "_document_by_document", attention._through_kernel)


@pytest.mark.parametrize(
    ("kind", "config"),
    [(LlamaForCausalLM, LlamaConfig(**SMALL)), (MistralForCausalLM, MistralConfig(**SMALL, sliding_window=5))],
)
@pytest.mark.usefixtures("way")
def test_a_packed_row_is_each_document_alone(kind: Any, config: Any) -> None:
    """Grouped heads and a sliding window too; the numbers that attention is given are the row's."""
    torch.manual_seed(0)
    model, packed = kind(config).eval(), pack(DOCUMENTS, 4096)
    row, lengths = packed.row(0), packed.lengths(0)
    inputs = {"input_ids": row["input_ids"], "position_ids": row["position_ids"], "use_cache": False}
    own = model(**inputs).logits
    with attention.varlen(model):
        ours = model(**inputs, **boundaries(lengths)).logits
        assert packing_is_isolated(model, **boundaries([LENGTH, LENGTH]))
    assert model.config._attn_implementation == "sdpa"
    assert torch.allclose(ours, own, atol=1e-5)
    start = 0
    for length in lengths:
        alone = model(row["input_ids"][:, start : start + length]).logits
        assert torch.allclose(ours[:, start : start + length], alone, atol=1e-5)
        start += length


def test_it_is_left_to_models_it_can_serve(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert attention.supports_varlen(network, torch.bfloat16) and attention.supports_varlen(network, torch.float32)
    for key, value in {
        "attention_dropout": 0.1,
        "attn_logit_softcapping": 30.0,
        "_attn_implementation": "eager",
    }.items():
        with monkeypatch.context() as patch:
            patch.setattr(network.config, key, value, raising=False)
            assert not attention.supports_varlen(network, torch.bfloat16), key


def test_attention_that_disagrees_with_the_model_is_not_taken(network: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "_document_by_document", lambda q, *rest: q.transpose(1, 2))
    assert not attention.supports_varlen(network, torch.float32)
