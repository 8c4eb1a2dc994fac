"""The kernel of the loss against PyTorch's operations; without a GPU, through Triton's interpreter."""

import importlib.util

import pytest
import torch

from orca2.training.loss import cross_entropy_with_grad

if importlib.util.find_spec("triton") is None:
    pytest.skip("Triton is not installed", allow_module_level=True)
from orca2.training.fused_cross_entropy import fused_cross_entropy

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.mark.parametrize(("positions", "vocabulary"), [(5, 97), (3, 9_001), (2, 64), (0, 97)])
@pytest.mark.parametrize("with_bias", [False, True])
def test_losses_and_slopes_are_the_plain_ones(positions: int, vocabulary: int, with_bias: bool) -> None:
    generator = torch.Generator().manual_seed(positions)
    hidden, weight = torch.randn(positions, 16, generator=generator), torch.randn(vocabulary, 16, generator=generator)
    bias = torch.randn(vocabulary, generator=generator) if with_bias else None
    labels = torch.randint(0, vocabulary, (positions,), generator=generator)
    given = [None if part is None else part.to(DEVICE) for part in (hidden, weight, bias, labels)]
    want, have = cross_entropy_with_grad(*given, True), fused_cross_entropy(*given, True)  # type: ignore[arg-type]
    for one, other in zip(want, have, strict=True):
        assert one.shape == other.shape
        torch.testing.assert_close(one, other, atol=1e-3 if DEVICE == "cuda" else 1e-5, rtol=1e-3)
    unlearned, _ = fused_cross_entropy(*given, False)  # type: ignore[arg-type]
    torch.testing.assert_close(unlearned, have[0])
