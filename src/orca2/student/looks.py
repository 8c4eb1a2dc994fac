"""A student tried while it is trained: at some steps it is lent out to answer, and goes on learning."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from transformers import TrainerCallback

from orca2.models._attention import use_for_decoding
from orca2.models.transformers import Local


@dataclass(frozen=True, slots=True)
class Looks:
    """`look(learned, student)` is called `times` times, evenly spread, `learned` being the share of the steps done."""

    times: int
    look: Callable[[float, Local], None]


class OnTheWay(TrainerCallback):
    def __init__(self, model: Any, tokenizer: Any, looks: Looks, steps: int, compute: torch.dtype) -> None:
        self.model, self.tokenizer, self.looks, self.compute = model, tokenizer, looks, compute
        self.at = {round(steps * n / (looks.times + 1)): n / (looks.times + 1) for n in range(1, looks.times + 1)}

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if state.global_step in self.at:
            with _answering(self.model, self.compute):
                self.looks.look(self.at[state.global_step], Local("a student on the way", self.model, self.tokenizer))


@contextmanager
def _answering(model: Any, compute: torch.dtype) -> Iterator[None]:
    """Evaluation mode, attention for decoding and the training's compute type; then as it was."""
    training, attention = model.training, model.config._attn_implementation
    model.set_attn_implementation("sdpa")
    if model.device.type == "cpu":
        use_for_decoding(model)
    try:
        with torch.autocast(model.device.type, compute, enabled=compute != torch.float32):
            yield
    finally:
        model.set_attn_implementation(attention)
        model.train(training)
