"""Which rows make up which optimizer step, and which process runs them: planned once, the same on all."""

from typing import Any

import torch
from torch.utils.data import Dataset

from orca2.core.packing import share, steps
from orca2.training.rows import PackedDataset, TensorRow, boundaries


class BatchPlan(Dataset[list[tuple[float, TensorRow]]]):
    """All steps of a training in their order; an item is what one process does in one step.

    That is a list of rows, each with the weight of its summed loss. A step's loss is the mean over
    its supervised tokens, on however many processes: a weight is the number of processes, whose
    gradients are averaged, over the supervised tokens of the whole step. Every process runs as many
    rows as any other, since they wait for each other; a row run only for that weighs nothing.
    """

    def __init__(
        self,
        packed: PackedDataset,
        batch_tokens: int,
        epochs: int,
        seed: int,
        rank: int,
        world: int,
        varlen: bool,
        per_epoch: int = 0,
    ) -> None:
        self.packed, self.rank, self.world, self.varlen = packed, rank, world, varlen
        rows = range(len(packed.rows))
        batches = steps([packed.num_label_tokens_in(row) for row in rows], batch_tokens)
        groups = list(share(len(rows), per_epoch) if per_epoch else batches)
        self.per_epoch = len(groups)
        self.steps: list[range] = []
        for epoch in range(epochs):
            order = torch.randperm(len(groups), generator=torch.Generator().manual_seed(seed + epoch))
            self.steps += [groups[i] for i in order.tolist()]

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, step: int) -> list[tuple[float, TensorRow]]:
        rows = self.steps[step]
        weight = self.world / self.sizes(step)["supervised_tokens"]
        mine: list[tuple[float, TensorRow]] = []
        for first in range(0, len(rows), self.world):
            at = first + self.rank
            mine.append((weight, self._row(rows[at])) if at < len(rows) else (0.0, self._row(rows[0])))
        return mine

    def idle_steps(self) -> int:
        """Steps with fewer rows than processes: some of these do nothing that counts."""
        return sum(len(rows) < self.world for rows in self.steps)

    def sizes(self, step: int) -> dict[str, int]:
        """Documents, tokens and supervised tokens of a step."""
        documents = [i for row in self.steps[step] for i in self.packed.rows[row]]
        return {
            "documents": len(documents),
            "tokens": sum(self.packed.length(i) for i in documents),
            "supervised_tokens": sum(self.packed.num_label_tokens[i] for i in documents),
        }

    def _row(self, row: int) -> dict[str, Any]:
        extra = boundaries(self.packed.lengths(row)) if self.varlen else {}
        return {**self.packed.row(row), **extra}
