"""Lessons held back from a training, and the loss on them on the way: per family, weighted by tokens."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from transformers import TrainerCallback

from orca2.core.splitting import position
from orca2.core.types import Lesson, task_id
from orca2.progress import console
from orca2.training.compiled import uncompiled
from orca2.training.loss import AnswerLoss
from orca2.training.rows import PackedDataset, boundaries, to_device

SHARE, MOST = 0.1, 20  # of a family's lessons, and at most so many


def hold_back(lessons: Sequence[Lesson], families: Sequence[str]) -> tuple[list[Lesson], dict[str, list[Lesson]]]:
    """(lessons to train on, family -> lessons held back), by the hash of the task: no task is on both sides."""
    trained: list[Lesson] = []
    held: dict[str, list[Lesson]] = defaultdict(list)
    tasks: dict[str, set[str]] = defaultdict(set)
    for lesson, family in zip(lessons, families, strict=True):
        mine = tasks[family]
        if lesson.task in mine or (position(task_id(lesson.task)) < SHARE and len(mine) < MOST):
            mine.add(lesson.task)
            held[family].append(lesson)
        else:
            trained.append(lesson)
    return trained, dict(sorted(held.items()))


class ValidationCallback(TrainerCallback):
    """Takes the loss at `times` evenly spread steps, the last one included, and keeps it with the training's state."""

    def __init__(
        self, loss: AnswerLoss, families: dict[str, PackedDataset], times: int, steps: int, varlen: bool
    ) -> None:
        self.loss, self.families, self.varlen = loss, families, varlen
        self.at = {round(steps * n / times) for n in range(1, times + 1)}

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        if state.global_step in self.at:
            losses = self.measure()
            state.log_history.append({"step": state.global_step, "held_back": losses})
            if state.is_world_process_zero:
                each = ", ".join(f"{family} {row['loss']:.2f}" for family, row in losses.items() if family != "all")
                console.print(f"  step {state.global_step}: held-back loss {losses['all']['loss']:.3f} ({each})")

    @torch.no_grad()
    def measure(self) -> dict[str, dict[str, float]]:
        """Family, and "all", to the mean loss over supervised tokens and their number; batching changes neither."""
        self.loss.eval()
        with uncompiled():
            sums = {family: (self._sum(packed), packed.supervised_tokens) for family, packed in self.families.items()}
        self.loss.train()
        sums["all"] = (sum(total for total, _ in sums.values()), sum(count for _, count in sums.values()))
        return {family: {"loss": total / max(count, 1), "tokens": count} for family, (total, count) in sums.items()}

    def _sum(self, packed: PackedDataset) -> float:
        device = self.loss.model.device
        total = torch.zeros((), device=device)
        for row in range(len(packed.rows)):
            extra = boundaries(packed.lengths(row)) if self.varlen else {}
            total += self.loss(**to_device(device, {**packed.row(row), **extra}))
        return float(total)
