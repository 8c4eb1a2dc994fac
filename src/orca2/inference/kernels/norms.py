"""Norms of a model that answers on a GPU, each as one kernel in place of eight: of one row, a kernel is mostly start.

They multiply by the weight before they round and `transformers` after, so the last bit may differ.
"""

from functools import partial
from typing import Any

import torch
from torch.nn.functional import rms_norm

from orca2.inference.kernels.availability import kernels

PLAIN = ("LlamaRMSNorm", "MistralRMSNorm", "Qwen2RMSNorm", "Qwen3RMSNorm")  # x / rms(x) x weight, and no more
WIDEST = 16_384  # that one program of our kernel holds


def fuse_norms(model: Any) -> None:
    ours = kernels(model.device)
    for module in model.modules():
        if type(module).__name__ in PLAIN:
            small = ours is not None and module.weight.numel() <= WIDEST
            module.forward = partial(_triton_norm, ours, module) if small else partial(_norm, module)


def _norm(module: Any, rows: torch.Tensor) -> torch.Tensor:
    return rms_norm(rows, (rows.shape[-1],), module.weight, module.variance_epsilon)


def _triton_norm(ours: Any, module: Any, rows: torch.Tensor) -> torch.Tensor:
    if torch.is_grad_enabled():  # PyTorch's can be differentiated
        return _norm(module, rows)
    output: torch.Tensor = ours.rms_norm(rows, module.weight, module.variance_epsilon)
    return output
