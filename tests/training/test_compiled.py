"""A compiled student takes the same steps, and is plain again afterwards."""

import copy
from typing import Any

import pytest
import torch

from orca2.sections import Training
from orca2.training.compiled import compiled, uncompiled
from orca2.training.training import train
from tests.training.conftest import flat, lessons

pytestmark = pytest.mark.slow


def test_compiled_layers_take_the_same_steps_and_are_plain_again(network: Any, tokenizer: Any) -> None:
    plain, settings = copy.deepcopy(network), Training(row_tokens=128, dtype="fp32", epochs=2)
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    want = train(plain, tokenizer, lessons(12), settings, 0, "test")
    have = train(network, tokenizer, lessons(12), settings.model_copy(update={"compile": True}), 0, "test")
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] > 0
    assert [point.loss for point in have.loss] == pytest.approx([point.loss for point in want.loss], 1e-4)
    assert torch.allclose(flat(network), flat(plain), atol=2e-5)
    assert all(getattr(module, "_compiled_call_impl", None) is None for module in network.modules())


def test_calls_of_other_shapes_are_not_compiled(network: Any) -> None:
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    with compiled(network), uncompiled(), torch.no_grad():
        network(torch.tensor([[1, 2, 3]]))
    assert not torch._dynamo.utils.counters["stats"]
