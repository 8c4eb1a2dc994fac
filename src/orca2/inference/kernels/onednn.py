"""Linear layers of a bfloat16 model on a CPU, with their weights laid out once as the processor's kernels read them.

PyTorch lays them out anew at every call: for one to sixteen rows that takes as long again as the product. The results
are the same bit for bit. The plain weights go, so the memory stays the same.
"""

from typing import Any

import torch

from orca2.inference.seams import can_pack, pack, packed_product

ROWS = 16  # what the layout is chosen for; it serves one row and hundreds as well


class PrepackedLinear(torch.nn.Module):
    """Takes the place of a `torch.nn.Linear` that is trained no more."""

    def __init__(self, linear: torch.nn.Linear) -> None:
        super().__init__()
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.weight = pack(linear.weight.detach(), ROWS)
        self.bias = None if linear.bias is None else linear.bias.detach()

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return packed_product(rows, self.weight, self.bias)


def onednn_prepack(model: Any) -> None:
    """Lay out every plain linear layer of a model on a CPU, where that can be done."""
    if model.device.type != "cpu" or model.dtype is not torch.bfloat16 or not can_pack():
        return
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is torch.nn.Linear and child.weight.dtype is torch.bfloat16:
                setattr(module, name, PrepackedLinear(child))
