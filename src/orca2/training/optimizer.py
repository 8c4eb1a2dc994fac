"""AdamW and its learning rate: linear up over a share of the steps, then linear down."""

import importlib.util
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR

from orca2.errors import missing_extra
from orca2.sections import Training


def make_optimizer(model: torch.nn.Module, settings: Training) -> torch.optim.Optimizer:
    """AdamW over what asks for a gradient. Vectors, which norms and biases are, do not decay."""
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in learned if p.ndim > 1], "weight_decay": settings.weight_decay},
        {"params": [p for p in learned if p.ndim < 2], "weight_decay": 0.0},
    ]
    if settings.optimizer == "adamw_8bit":
        return _in_8_bits(model, groups, settings.learning_rate)
    return torch.optim.AdamW(groups, settings.learning_rate, fused=True)  # unfused, a fifth of the step on a CPU


def _in_8_bits(model: torch.nn.Module, groups: list[dict[str, Any]], rate: float) -> torch.optim.Optimizer:
    """Moments in 8 bits, those of embeddings whole: most of their rows are rarely met."""
    if importlib.util.find_spec("bitsandbytes") is None:
        raise missing_extra("bitsandbytes", "lora")
    from bitsandbytes.optim import AdamW, GlobalOptimManager

    optimizer: torch.optim.Optimizer = AdamW(groups, rate, optim_bits=8)
    manager = GlobalOptimManager.get_instance()
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            manager.register_module_override(module, "weight", {"optim_bits": 32})
    return optimizer


def make_schedule(optimizer: torch.optim.Optimizer, steps: int, warmup: float) -> LambdaLR:
    """No step is at zero."""
    warm = int(steps * warmup) + 1
    return LambdaLR(optimizer, lambda step: min((step + 1) / warm, (steps - step) / steps))
