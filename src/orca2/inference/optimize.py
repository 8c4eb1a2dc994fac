"""What makes a loaded model answer faster on its device."""

from typing import Any

from orca2.inference.attention import use_for_decoding
from orca2.inference.kernels.fused import fuse_layers
from orca2.inference.kernels.nf4 import quicken
from orca2.inference.kernels.norms import fuse_norms
from orca2.inference.kernels.onednn import pack


def ready(model: Any) -> None:
    """What makes a model that is trained no more answer faster on its device."""
    if model.device.type == "cpu":
        use_for_decoding(model)
        pack(model)
    elif model.device.type == "cuda":
        fuse_norms(model)
        fuse_layers(model)
        quicken(model)
