"""The kernels against PyTorch's own operations; without a GPU, through Triton's interpreter."""

import importlib.util

import pytest
import torch
from torch.nn import functional

from orca2.inference.kernels.availability import kernels
from orca2.inference.kv_cache import batched
from orca2.inference.kv_cache.batched import BatchedKVCache

if importlib.util.find_spec("triton") is None:
    pytest.skip("Triton is not installed", allow_module_level=True)
from orca2.inference.kernels import triton_kernels

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


@pytest.mark.parametrize("width", [1, 64, 97, 1_500])
def test_kernels_of_rows(width: int) -> None:
    rows, weight = torch.randn(3, 2, width, device=DEVICE), torch.randn(width, device=DEVICE)
    torch.testing.assert_close(
        triton_kernels.rms_norm(rows, weight, 1e-5), functional.rms_norm(rows, (width,), weight, 1e-5)
    )
    gate, up = torch.randn(2, 3, 2, width, device=DEVICE)
    torch.testing.assert_close(triton_kernels.silu_mul(torch.cat([gate, up], -1)), functional.silu(gate) * up)


@pytest.mark.parametrize("several", [False, True])
def test_keys_and_values_are_written_as_by_an_index(several: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens, groups, size = (3 if several else 1), 11, 24
    both = torch.randn(2, 2, tokens, groups, size, device=DEVICE).transpose(2, 3)
    columns = torch.tensor([[4, 2, 9], [0, 1, 63]] if several else [4, 63], device=DEVICE)
    found = []
    for ours in (triton_kernels, None):
        monkeypatch.setattr(batched, "kernels", lambda device, ours=ours: ours)
        held = BatchedKVCache(1 << 20)
        held.reserve(5, 64)
        held.set_target(slice(2, 4), columns, 64)
        found.append(held.update(*both, 0))
        assert not held._keys[0][:2].any() and not held._keys[0][4:].any()
    for one, two in zip(*found, strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)


def test_no_kernels_on_a_cpu() -> None:
    assert kernels(torch.device("cpu")) is None
