"""Norms as one kernel give what the model's own give."""

import copy
from typing import Any

import pytest
import torch

from orca2.inference.kernels.norms import fuse_norms
from tests.inference.test_rows import MODELS


@pytest.mark.parametrize("name", ["llama", "mistral", "qwen2"])
def test_fused_norms_are_the_models_own(name: str) -> None:
    torch.manual_seed(0)
    model: Any = MODELS[name]().eval()
    for norm in (module for module in model.modules() if hasattr(module, "variance_epsilon")):
        torch.nn.init.normal_(norm.weight, 1.0, 0.2)
    fused, ids = copy.deepcopy(model), torch.randint(0, 97, (2, 9))
    fuse_norms(fused)
    assert "forward" in vars(fused.model.norm)
    with torch.inference_mode():
        torch.testing.assert_close(fused(ids).logits, model(ids).logits, atol=1e-5, rtol=1e-4)
