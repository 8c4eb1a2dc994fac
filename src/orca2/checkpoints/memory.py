"""What a model's weights need, from its configuration alone, held against what the device has free."""

from typing import Any

import torch

from orca2.checkpoints.free_memory import free_memory
from orca2.checkpoints.weights import lay_out
from orca2.errors import ModelError

BYTES = {"none": 0.0, "8bit": 1.0, "4bit": 0.56}  # a quantized weight; four bits come with scales for each 64
SMALL = 1 << 30  # models below this are not held against anything
GB = 1e9


def needed_memory(config: Any, dtype: torch.dtype, quantize: str) -> int:
    """Bytes of the weights; the model is laid out without any memory to count them."""
    model = lay_out(config)
    whole = {id(weight): weight.numel() for weight in model.parameters()}
    linear = sum(
        module.weight.numel()
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear) and name != "lm_head"
    )
    if quantize == "none":
        linear = 0
    return int((sum(whole.values()) - linear) * dtype.itemsize + linear * BYTES[quantize])


def check(place: str, config: Any, dtype: torch.dtype, device: torch.device, quantize: str) -> None:
    """ModelError, before anything is read, if the weights will not fit."""
    need, have = needed_memory(config, dtype, quantize), free_memory(device)
    if have is None or need < SMALL or need <= have:
        return
    smaller = [
        f"{bits} ({needed_memory(config, dtype, bits) / GB:.1f} GB)"
        for bits in ("8bit", "4bit")
        if quantize == "none" or BYTES[bits] < BYTES[quantize]
    ]
    kind = quantize if quantize != "none" else str(dtype).removeprefix("torch.")
    step = f"quantize it: {' or '.join(smaller)}, or take" if smaller else "take"
    raise ModelError(
        f"{place}: its weights need {need / GB:.1f} GB in {kind}, and {device.type} has {have / GB:.1f} GB free; "
        f"{step} a smaller model"
    )
