"""What a model's weights need, from its configuration alone, held against what the device has free."""

from pathlib import Path
from typing import Any

import torch

from orca2.checkpoints.weights import lay_out
from orca2.errors import ModelError

BYTES = {"none": 0.0, "8bit": 1.0, "4bit": 0.56}  # a quantized weight; four bits come with scales for each 64
SMALL = 1 << 30  # models below this are not held against anything
GB = 1e9


def needed(config: Any, dtype: torch.dtype, quantize: str) -> int:
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


def free(device: torch.device) -> int | None:
    """Bytes that are free; None where nobody says."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        found = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return None
    group = Path("/sys/fs/cgroup")  # a container's own limit
    try:
        most = (group / "memory.max").read_text().strip()
        if most != "max":
            found = min(found, int(most) - int((group / "memory.current").read_text()))
    except (OSError, ValueError):
        pass
    return found


def check(place: str, config: Any, dtype: torch.dtype, device: torch.device, quantize: str) -> None:
    """ModelError, before anything is read, if the weights will not fit."""
    need, have = needed(config, dtype, quantize), free(device)
    if have is None or need < SMALL or need <= have:
        return
    smaller = [
        f"{bits} ({needed(config, dtype, bits) / GB:.1f} GB)"
        for bits in ("8bit", "4bit")
        if quantize == "none" or BYTES[bits] < BYTES[quantize]
    ]
    kind = quantize if quantize != "none" else str(dtype).removeprefix("torch.")
    step = f"quantize it: {' or '.join(smaller)}, or take" if smaller else "take"
    raise ModelError(
        f"{place}: its weights need {need / GB:.1f} GB in {kind}, and {device.type} has {have / GB:.1f} GB free; "
        f"{step} a smaller model"
    )
