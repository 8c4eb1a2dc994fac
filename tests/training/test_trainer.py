"""What stops a step, and what each one moves."""

from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.errors import ModelError
from orca2.sections import Training
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny


@pytest.mark.parametrize("tied", [True, False])
def test_every_tensor_moves_within_two_steps(tiny: Path, tokenizer: Any, tied: bool) -> None:
    model = load_tiny(tiny)
    if not tied:
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
        model.config.tie_word_embeddings = False
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    train(model, tokenizer, lessons(8), Training(row_tokens=256, epochs=2, batch_tokens=10**6), 0, "t")
    assert len(before) == 20 + (not tied)
    assert all(not torch.equal(p, before[name]) for name, p in model.named_parameters())


def test_a_loss_that_is_no_number_stops_before_the_weights_change(network: Any, tokenizer: Any) -> None:
    with torch.no_grad():
        network.model.norm.weight[0] = float("inf")
    before = flat(network)
    with pytest.raises(ModelError, match=r"loss .*nan.* at step 1; the weights are still"):
        train(network, tokenizer, lessons(8), Training(row_tokens=256), 0, "t")
    assert torch.equal(flat(network), before)
