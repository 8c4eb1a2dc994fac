"""Whether our Triton kernels run on a device: they need Triton, a compiler for its launchers, and a GPU it knows."""

import importlib.util
from functools import cache
from typing import Any

import torch


@cache
def kernels(device: torch.device) -> Any:
    """The module of them, or None: everything they do can be done without."""
    if device.type != "cuda" or importlib.util.find_spec("triton") is None:
        return None
    try:
        from orca2.inference.kernels import triton_kernels

        one = torch.ones(1, 1, 1, 64, device=device)
        triton_kernels.rms_norm(one, one[0, 0, 0], 1e-6)
        triton_kernels.apply_rotary(one, one, one, 1)
        triton_kernels.silu_mul(one)
        triton_kernels.write_kv(one, one, one.clone(), one.clone(), torch.zeros(1, dtype=torch.int64, device=device))
        torch.cuda.synchronize(device)
    except Exception:  # of Triton's own kinds, of its compiler's, of the driver's
        return None
    return triton_kernels
