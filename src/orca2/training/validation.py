"""Lessons held back from a training, and the loss on them on the way: per family, weighted by tokens."""

from collections import defaultdict
from collections.abc import Sequence

import torch

from orca2.core.identity import task_id
from orca2.core.records import HeldBackLoss, HeldBackPoint
from orca2.core.splitting import position
from orca2.core.types import Lesson
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


class Validation:
    """The loss on lessons held back, after `times` evenly spread steps, the last one included."""

    def __init__(
        self, loss: AnswerLoss, families: dict[str, PackedDataset], times: int, steps: int, varlen: bool
    ) -> None:
        self.loss, self.families, self.varlen = loss, families, varlen
        self.at = {round(steps * n / times) for n in range(1, times + 1)}

    @torch.no_grad()
    def measure(self, step: int) -> HeldBackPoint:
        """The mean loss over supervised tokens, by family and of "all"; batching changes neither."""
        self.loss.eval()
        with uncompiled():
            sums = {family: (self._sum(packed), packed.supervised_tokens) for family, packed in self.families.items()}
        self.loss.train()
        sums["all"] = (sum(total for total, _ in sums.values()), sum(count for _, count in sums.values()))
        losses = {
            family: HeldBackLoss(loss=total / max(count, 1), tokens=count) for family, (total, count) in sums.items()
        }
        return HeldBackPoint(step=step, held_back=losses)

    def _sum(self, packed: PackedDataset) -> float:
        device = self.loss.model.device
        total = torch.zeros((), device=device)
        for row in range(len(packed.rows)):
            extra = boundaries(packed.lengths(row)) if self.varlen else {}
            total += self.loss(**to_device(device, {**packed.row(row), **extra}))
        return float(total)


def say(point: HeldBackPoint) -> None:
    """One line of what was measured."""
    losses = {family: held.loss for family, held in point.held_back.items()}
    mean = losses.pop("all")
    each = ", ".join(f"{family} {loss:.2f}" for family, loss in losses.items())
    console.print(f"  step {point.step}: held-back loss {mean:.3f} ({each})")
