"""Memory of the CPU that is free, given back to the system, and what to lower where there is too little."""

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from orca2.errors import ModelError
from orca2.sections import Training

LONG = 0.5  # seconds; giving memory back takes milliseconds, which a shorter step would feel


class FreeMemory:
    """Given back within a step, where steps take so long that it is not felt."""

    def __init__(self, device: torch.device) -> None:
        self._trim = _trim() if device.type == "cpu" else None
        self._began = time.monotonic()

    def begin_step(self) -> None:
        self._began = time.monotonic()

    def give_back(self) -> None:
        if self._trim is not None and time.monotonic() - self._began > LONG:
            self._trim(0)


def _trim() -> Any:
    """The C library's call that gives freed memory back, where it has one: a tenth of the peak on a CPU."""
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):
        return None


@contextmanager
def out_of_memory(settings: Training) -> Iterator[None]:
    """Out of memory, as one line that says what to lower."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        known = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if not known and "can't allocate memory" not in str(error):
            raise
        less = [] if settings.gradient_checkpointing else ["set gradient_checkpointing = true"]
        less += ['or method = "lora"'] if settings.method == "full" else []
        steps = ", ".join([f"lower row_tokens (now {settings.row_tokens})", *less])
        raise ModelError(f"training: out of memory; {steps}") from error
