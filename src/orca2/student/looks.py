"""A student tried while it is trained: at some steps it is lent out to answer, and goes on learning."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
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
            with answering(self.model, self.compute) as (model, cast):
                student = Local("a student on the way", model, self.tokenizer, cast)
                self.looks.look(self.at[state.global_step], student)


@contextmanager
def answering(model: Any, compute: torch.dtype) -> Iterator[tuple[Any, torch.dtype | None]]:
    """The model as it answers with the type that it is to be cast to, and afterwards as it was.

    On a GPU that is the model itself under autocast. On a CPU, where casting the weights for each token is most of the
    work, it is a copy in the compute type.
    """
    if model.device.type == "cpu":
        copied = deepcopy(model).to(compute)
        copied.set_attn_implementation("sdpa")
        use_for_decoding(copied)
        yield copied, None
        return
    training, attention = model.training, model.config._attn_implementation
    model.set_attn_implementation("sdpa")
    try:
        yield model, compute
    finally:
        model.set_attn_implementation(attention)
        model.train(training)
