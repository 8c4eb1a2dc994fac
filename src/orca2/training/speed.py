"""How fast a training is: tokens and supervised tokens a second, and the share of the device's peak."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

# dense bfloat16 TFLOP/s by a part of the device's name, from the vendors' data sheets; T4: float16
PEAKS = {"H200": 989.0, "H100": 989.0, "A100": 312.0, "4090": 165.0, "L4": 121.0, "T4": 65.0}


class Speed:
    """Counts what has been learned since the start."""

    def __init__(self, model: Any, lengths_squared_per_token: float, processes: int) -> None:
        self.body, self.head = flops(model, lengths_squared_per_token)
        self.device: torch.device = model.device
        self.peak = peak(model.device) * processes
        self.tokens = self.supervised = 0
        self.aside = 0.0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()

    @property
    def seconds(self) -> float:
        return max(time.monotonic() - self.started - self.aside, 1e-9)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What goes on within is no training and does not count."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.aside += time.monotonic() - began

    def add(self, tokens: int, supervised: int) -> None:
        self.tokens += tokens
        self.supervised += supervised

    @property
    def mfu(self) -> float | None:
        """Model FLOP/s as a share of the peak, or None where the peak is not known."""
        done = self.tokens * self.body + self.supervised * self.head
        return done / self.seconds / (self.peak * 1e12) if self.peak else None

    def __str__(self) -> str:
        said = f"{self.tokens / self.seconds:,.0f} tok/s, {self.supervised / self.seconds:,.0f} supervised/s"
        return said if self.mfu is None else f"{said}, MFU {self.mfu:.1%}"


def peak(device: torch.device) -> float:
    """TFLOP/s of a device, 0 if it is not in the table."""
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else ""
    return next((value for part, value in PEAKS.items() if part in name.replace("-", " ").split()), 0.0)


def flops(model: Any, lengths_squared_per_token: float) -> tuple[float, float]:
    """FLOPs that one token costs in the body, and one supervised token in the head.

    Twice the weights forward and as much for the gradient of the activations; as much again for
    the gradient of the weights that are trained. Attention is counted causal, by document.
    """
    head = model.get_output_embeddings().weight
    embeddings = {id(head), id(model.get_input_embeddings().weight)}
    matrices = [p for p in model.parameters() if p.ndim == 2 and id(p) not in embeddings]
    body = sum((6 if p.requires_grad else 4) * p.numel() for p in matrices)
    config = model.config.get_text_config()
    attention = 6 * config.num_hidden_layers * config.hidden_size * lengths_squared_per_token
    return body + attention, (6 if head.requires_grad else 4) * head.numel()
