"""The layers of a student through `torch.compile`: compiled once for all of them and for rows of any length."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from transformers.modeling_layers import GradientCheckpointingLayer


@contextmanager
def compiled(model: Any) -> Iterator[None]:
    """Calls of the layers go through compiled code, and go as before again afterwards."""
    layers = [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]
    for layer in layers:
        layer.compile(dynamic=True)
    try:
        yield
    finally:
        for layer in layers:
            layer._compiled_call_impl = None


def uncompiled() -> AbstractContextManager[Any]:
    """For calls of other shapes and modes than training's, which would each be compiled anew."""
    stance: AbstractContextManager[Any] = torch.compiler.set_stance("force_eager")
    return stance
