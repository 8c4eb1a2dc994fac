"""Lessons with very unequal answers, and the tiny student in memory."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.distributed.tensor import DTensor

from orca2.checkpoints.loading import load_model
from orca2.core.types import Lesson, Message


def lessons(count: int) -> list[Lesson]:
    return [
        Lesson(
            (
                Message("system", "Be careful."),
                Message("user", f"What is {i} plus 1?"),
                Message("assistant", f"{i} + 1 = {i + 1}. " * (i % 4) ** 2 + f"So the answer is {i + 1}."),
            ),
            str(i),
        )
        for i in range(count)
    ]


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """All of a tensor that may be sharded over processes."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def flat(model: Any) -> torch.Tensor:
    """All parameters of a model in one vector on the CPU, copied."""
    return torch.cat([whole(p.detach()).flatten().cpu().clone() for p in model.parameters()])


def load_tiny(tiny: Path) -> Any:
    return load_model(str(tiny), torch.float32, torch.device("cpu"))


@pytest.fixture
def network(tiny: Path) -> Any:
    return load_tiny(tiny)
