"""Linear layers of a bfloat16 model on a CPU, with their weights laid out once as the processor's kernels read them.

PyTorch lays them out anew at every call: for one to sixteen rows that takes as long again as the product. The results
are the same bit for bit. The plain weights go, so the memory stays the same.
"""

from typing import Any

import torch

ROWS = 16  # what the layout is chosen for; it serves one row and hundreds as well


class PrepackedLinear(torch.nn.Module):
    """Takes the place of a `torch.nn.Linear` that is trained no more."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.weight = torch.ops.mkldnn._reorder_linear_weight(linear.weight.detach(), ROWS)
        self.bias = None if linear.bias is None else linear.bias.detach()

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        output: torch.Tensor = torch.ops.mkldnn._linear_pointwise(rows, self.weight, self.bias, "none", [], "")
        return output


def onednn_prepack(model: Any) -> None:
    """Lay out every plain linear layer of a model, where this build of PyTorch and this processor can."""
    if not hasattr(torch.ops.mkldnn, "_reorder_linear_weight") or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return
    if model.device.type != "cpu" or model.dtype is not torch.bfloat16:
        return
    if not torch.ops.mkldnn._is_mkldnn_bf16_supported():  # without AVX-512 the layout is refused
        return
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is torch.nn.Linear and child.weight.dtype is torch.bfloat16:
                setattr(module, name, PrepackedLinear(child))
