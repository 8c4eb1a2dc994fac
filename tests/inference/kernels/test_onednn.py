"""Packed layers against plain ones."""

import copy

import pytest
import torch

from orca2.inference.kernels.onednn import PrepackedLinear, onednn_prepack
from tests.inference.test_rows import MODELS


@pytest.mark.parametrize("rows", [1, 3, 40])
def test_packed_layers_give_the_same(rows: int) -> None:
    torch.manual_seed(0)
    model = MODELS["llama3"]().eval().to(torch.bfloat16)
    packed = copy.deepcopy(model)
    onednn_prepack(packed)
    if not isinstance(packed.lm_head, PrepackedLinear):
        pytest.skip("this build of PyTorch or this processor lays out no bfloat16 weights")
    assert isinstance(packed.model.layers[0].self_attn.q_proj, PrepackedLinear)
    ids = torch.randint(0, 97, (rows, 7))
    with torch.inference_mode():
        torch.testing.assert_close(packed(ids).logits, model(ids).logits, atol=2e-2, rtol=2e-2)


def test_what_is_not_bfloat16_is_left_alone() -> None:
    model = MODELS["llama"]()
    onednn_prepack(model)
    assert not any(isinstance(module, PrepackedLinear) for module in model.modules())
