"""A student tried while it is trained: at some steps it is lent out to answer, and goes on learning.

While the learning rate is high, a student swings from one step to the next by more than its tasks explain. So the one
that is tried has the mean of the weights of the steps before: about what it would be, had its rate come down by then.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch

from orca2.inference.attention import use_grouped_attention
from orca2.inference.local import LocalModel
from orca2.training.compiled import uncompiled
from orca2.training.speed import Speed

WINDOW, MEMBERS = 0.2, 8  # share of the steps before an evaluation whose weights are averaged, and at how many of them


Told = Callable[[int, int], None]  # so many of so many answers are there
Attempt = Callable[[Callable[[], None]], bool]  # does something that may be broken off, and says whether it was done


@dataclass(frozen=True, slots=True)
class EvalPoints:
    """When a student is tried in the midst of its training, and how.

    `evaluate(learned, student, told)` is called `times` times, evenly spread; `learned` is the share of the steps done.
    """

    times: int
    evaluate: Callable[[float, LocalModel, Told], None]


class MidTrainingEval:
    """Lends the student out to answer at the `eval_points`, with the mean of its weights over the steps before."""

    def __init__(
        self, model: Any, tokenizer: Any, eval_points: EvalPoints, steps: int, compute: torch.dtype, speed: Speed
    ) -> None:
        self.model, self.tokenizer, self.compute, self.speed = model, tokenizer, compute, speed
        self.eval_points, parts = eval_points, eval_points.times + 1
        self.shares = {round(steps * n / parts): n / parts for n in range(1, parts)}  # step -> share of the steps
        self.members = {step for last, at in pairwise([0, *sorted(self.shares)]) for step in members(at, last)}
        self.mean: dict[str, torch.Tensor] = {}
        self.counted = 0

    def evaluate(self, step: int, told: Told, attempt: Attempt) -> bool:
        """Whether the student was tried to the end."""
        with self.speed.paused(), answering(self.model, self.compute, self.mean) as (model, cast):
            student = LocalModel("a student on the way", model, self.tokenizer, cast)
            done = attempt(lambda: self.eval_points.evaluate(self.shares[step], student, told))
        if done:
            self.mean, self.counted = {}, 0
        return done

    def state_dict(self) -> dict[str, Any]:
        return {"mean": self.mean, "counted": self.counted}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.mean, self.counted = state["mean"], state["counted"]

    def count(self, step: int) -> None:
        """Have the weights after this step count for the mean, if they are to."""
        if step in self.members:
            self._count()

    @torch.no_grad()
    def _count(self) -> None:
        """The mean is kept in the CPU's memory."""
        self.counted += 1
        for name, weight in self.model.named_parameters():
            if weight.requires_grad:
                now = weight.detach().to("cpu", torch.float32)
                if name in self.mean:
                    self.mean[name].lerp_(now, 1 / self.counted)
                else:
                    self.mean[name] = now.clone() if now.data_ptr() == weight.data_ptr() else now


def members(at: int, last: int) -> set[int]:
    """The steps whose weights the evaluation at step `at` sees the mean of: `at` and some before, all after `last`."""
    window = min(WINDOW * at, at - last)
    return {at - int(window * n / MEMBERS) for n in range(MEMBERS)}


@contextmanager
def answering(
    model: Any, compute: torch.dtype, mean: dict[str, torch.Tensor]
) -> Iterator[tuple[Any, torch.dtype | None]]:
    """The model as it answers, with the weights that `mean` has for it and the type that it is to be cast to.

    Afterwards it is as it was.
    On a GPU that is the model itself under autocast. On a CPU, where casting the weights for each token is most of the
    work, it is a copy in the compute type.
    """
    if model.device.type == "cpu":
        copied = deepcopy(model)
        _put(copied, mean)
        copied.to(compute).set_attn_implementation("sdpa")
        use_grouped_attention(copied)
        yield copied, None
        return
    own_weights = {name: weight.detach().to("cpu") for name, weight in model.named_parameters() if name in mean}
    training, attention = model.training, model.config._attn_implementation
    _put(model, mean)
    model.set_attn_implementation("sdpa")
    try:
        with uncompiled():
            yield model, compute
    finally:
        _put(model, own_weights)
        model.set_attn_implementation(attention)
        model.train(training)


@torch.no_grad()
def _put(model: Any, weights: dict[str, torch.Tensor]) -> None:
    for name, weight in model.named_parameters():
        if name in weights:
            weight.copy_(weights[name])
