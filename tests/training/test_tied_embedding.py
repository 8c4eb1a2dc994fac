"""The embedding of a tied model adds to the head's gradient; the whole is what autograd makes of the two."""

from copy import deepcopy
from typing import Any

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from orca2.training.tied_embedding import tied_embedding_grad
from tests.training.test_loss import SMALL

ROWS = ([3, 3, 3, 9, 4, 1, 9], [4, 9, 30, 31, 3])  # an id comes again within a row and over rows


def gradients(model: Any, checkpointing: bool) -> dict[str, torch.Tensor]:
    """Of two rows in turn, as one step takes them."""
    model.zero_grad()
    if checkpointing:
        model.activation_checkpointing_enable({"use_reentrant": False})
    model.train()
    for row in ROWS:
        ids = torch.tensor([row])
        model(ids, labels=ids, use_cache=False).loss.backward()
    model.activation_checkpointing_disable()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("padding", [None, 9])
@pytest.mark.parametrize("checkpointing", [False, True])
@pytest.mark.parametrize("both", [True, False])
def test_gradients_are_those_of_autograd(padding: int | None, checkpointing: bool, both: bool) -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**{**SMALL, "tie_word_embeddings": both, "pad_token_id": padding}))
    embedding = model.get_input_embeddings()
    assert embedding.padding_idx == padding
    plain = gradients(model, checkpointing)
    with tied_embedding_grad(model):
        assert ("forward" in vars(embedding)) is both
        ours = gradients(model, checkpointing)
    assert "forward" not in vars(embedding) and ours.keys() == plain.keys()
    for name, gradient in plain.items():
        torch.testing.assert_close(ours[name], gradient, rtol=1e-5, atol=1e-7)
    assert torch.equal(gradients(model, checkpointing)["model.embed_tokens.weight"], plain["model.embed_tokens.weight"])


def test_a_copy_made_meanwhile_has_its_own_weight() -> None:
    """As a student has that is tried on the way."""
    model = LlamaForCausalLM(LlamaConfig(**{**SMALL, "tie_word_embeddings": True}))
    with tied_embedding_grad(model):
        copied = deepcopy(model)
        copied.get_input_embeddings().weight.data.zero_()
        assert not copied.get_input_embeddings()(torch.tensor([5])).any()


def test_a_frozen_embedding_stays_frozen() -> None:
    model = LlamaForCausalLM(LlamaConfig(**{**SMALL, "tie_word_embeddings": True}))
    model.get_input_embeddings().weight.requires_grad_(False)
    with tied_embedding_grad(model):
        assert "model.embed_tokens.weight" not in gradients(model, False)
