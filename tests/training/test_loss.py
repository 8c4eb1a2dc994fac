"""The chunked loss and its gradients, against the plain way to compute them."""

from typing import Any

import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import (
    Cohere2Config,
    Cohere2ForCausalLM,
    Gemma2Config,
    Gemma2ForCausalLM,
    GPT2Config,
    GPT2LMHeadModel,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
)

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.training import loss as losses
from orca2.training.loss import AnswerLoss, answer_loss
from orca2.training.rows import PackedDataset, pack
from orca2.training.spans import TokenizedExample, encode
from tests.training.conftest import lessons

SMALL: dict[str, Any] = {
    "vocab_size": 300, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "head_dim": 8, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
DOCUMENTS = [TokenizedExample([(7 * i + k) % 300 for k in range(9 + i * i)], 4 + i % 3) for i in range(8)]


def plain(model: Any, documents: list[TokenizedExample]) -> torch.Tensor:
    """One document at a time, full logits, shifted labels: the textbook way. Summed."""
    total = torch.zeros(())
    for document in documents:
        logits = model(torch.tensor([document.ids])).logits[0].float()
        total = total + cross_entropy(
            logits[document.start - 1 : -1], torch.tensor(document.ids[document.start :]), reduction="sum"
        )
    return total


def gradient(model: Any, loss: torch.Tensor) -> torch.Tensor:
    model.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    return torch.cat([p.grad.flatten() for p in model.parameters() if p.requires_grad])


def assert_same(model: Any, packed: PackedDataset, documents: list[TokenizedExample]) -> AnswerLoss:
    wrapped = AnswerLoss(model)
    ours, theirs = wrapped(**packed.row(0)), plain(model, documents)
    assert torch.allclose(ours, theirs, rtol=1e-5)
    a, b = gradient(model, ours * 0.25), gradient(model, theirs * 0.25)
    assert (a - b).norm() / b.norm() < 1e-5
    return wrapped


def small(kind: Any, config: Any, **extra: Any) -> Any:
    torch.manual_seed(0)
    return kind(config(**SMALL, **extra))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("chunk", [300, 300 * 5, 1 << 26])
def test_loss_and_gradient_are_the_plain_ones(monkeypatch: pytest.MonkeyPatch, tied: bool, chunk: int) -> None:
    monkeypatch.setattr(losses.answer_loss, "__defaults__", (chunk,))
    model = small(LlamaForCausalLM, LlamaConfig, tie_word_embeddings=tied)
    assert assert_same(model, pack(DOCUMENTS, 4096), DOCUMENTS).fused


@pytest.mark.slow
def test_real_lessons_and_another_architecture(network: Any, tokenizer: Any) -> None:
    documents = [encode(lesson, ChatCodec(tokenizer)) for lesson in lessons(12)]
    assert assert_same(network, pack(documents, 4096), documents).fused
    torch.manual_seed(0)
    gpt2 = GPT2LMHeadModel(GPT2Config(vocab_size=300, n_embd=32, n_layer=2, n_head=2, attn_pdrop=0.0)).eval()
    assert assert_same(gpt2, pack(DOCUMENTS, 4096), DOCUMENTS).fused


@pytest.mark.parametrize(
    ("kind", "config", "extra"),
    [
        (Gemma2ForCausalLM, Gemma2Config, {"final_logit_softcapping": 5.0}),
        (GraniteForCausalLM, GraniteConfig, {"logits_scaling": 8.0}),
        (Cohere2ForCausalLM, Cohere2Config, {"logit_scale": 0.0625}),
    ],
)
def test_a_model_that_goes_on_after_its_head_keeps_its_own_forward(kind: Any, config: Any, extra: Any) -> None:
    model = small(kind, config, **extra).eval()
    assert not assert_same(model, pack(DOCUMENTS, 4096), DOCUMENTS).fused


def test_a_frozen_head_a_bias_and_a_head_that_is_no_plain_linear() -> None:
    torch.manual_seed(0)
    hidden, labels = torch.randn(50, 16), torch.randint(0, 90, (50,))

    class Twice(torch.nn.Linear):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            return 2 * super().forward(input)

    for head in (torch.nn.Linear(16, 90), torch.nn.Linear(16, 90, bias=False), Twice(16, 90)):
        for learns in (True, False):
            head.requires_grad_(learns)
            found = []
            for way in (
                lambda h, head=head: answer_loss(h, head, labels, 90 * 7),
                lambda h, head=head: cross_entropy(head(h), labels, reduction="sum"),
            ):
                leaf = hidden.clone().requires_grad_()
                head.zero_grad()
                value = way(leaf)
                value.backward()
                found.append([value.detach(), leaf.grad, *(p.grad.clone() for p in head.parameters() if learns)])
            for ours, theirs in zip(*found, strict=True):
                assert torch.allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_under_bfloat16_it_is_as_near_to_the_truth_as_the_plain_way() -> None:
    torch.manual_seed(0)
    head, hidden, labels = torch.nn.Linear(64, 500, bias=False), torch.randn(200, 64), torch.randint(0, 500, (200,))
    truth = cross_entropy(head(hidden), labels, reduction="sum")
    (exact,) = torch.autograd.grad(truth, head.weight)
    errors = []
    for chunk in (500 * 200, 500 * 16):
        with torch.autocast("cpu", torch.bfloat16):
            loss = answer_loss(hidden, head, labels, chunk)
        (found,) = torch.autograd.grad(loss, head.weight)
        assert found.dtype == torch.float32 and abs(float((loss / truth).detach()) - 1) < 1e-3
        errors.append(float((found - exact).norm() / exact.norm()))
    assert max(errors) < 0.01


def test_no_more_than_one_chunk_of_logits_is_ever_made(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = torch.Tensor.logsumexp
    monkeypatch.setattr(torch.Tensor, "logsumexp", lambda t, *a, **k: seen.append(t.numel()) or real(t, *a, **k))
    head = torch.nn.Linear(8, 100)
    answer_loss(torch.randn(64, 8, requires_grad=True), head, torch.zeros(64, dtype=torch.long), 1000)
    assert len(seen) == 7 and max(seen) <= 1000
