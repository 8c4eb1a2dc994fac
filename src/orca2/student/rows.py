"""Packed training rows: many documents in one row, kept apart by position ids."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from orca2.core.packing import plan
from orca2.student.spans import Document


@dataclass(frozen=True, slots=True)
class Packed:
    """Rows for the trainer, and what was left out and why."""

    rows: list[dict[str, Any]]
    documents: int
    dropped: dict[str, int]
    tokens: int
    supervised_tokens: int


def pack(documents: Sequence[Document], capacity: int, seed: int = 0, together: bool = True) -> Packed:
    """Best-fit rows of at most `capacity` tokens; one document a row if not `together`.

    Each row: `input_ids`, `position_ids` (restarting at each document, which is what keeps
    documents from seeing each other), `keep` (positions whose next token is supervised) and
    `labels` (those next tokens; its length is what the loss is averaged over).
    """
    reasons = [_reason(document, capacity) for document in documents]
    usable = [document for document, reason in zip(documents, reasons, strict=True) if reason is None]
    lengths = [len(document.ids) for document in usable]
    groups = plan(lengths, capacity, seed) if together else [[i] for i in range(len(usable))]
    return Packed(
        rows=[_row([usable[i] for i in group]) for group in groups],
        documents=len(usable),
        dropped=dict(Counter(reason for reason in reasons if reason)),
        tokens=sum(lengths),
        supervised_tokens=sum(document.supervised for document in usable),
    )


def _reason(document: Document, capacity: int) -> str | None:
    if len(document.ids) > capacity:
        return f"longer than row_tokens = {capacity}"
    return "empty answer" if document.empty else None


def _row(documents: Sequence[Document]) -> dict[str, Any]:
    ids: list[int] = []
    positions: list[int] = []
    keep: list[int] = []
    for document in documents:
        keep += range(len(ids) + document.start - 1, len(ids) + len(document.ids) - 1)
        positions += range(len(document.ids))
        ids += document.ids
    return {"input_ids": ids, "position_ids": positions, "keep": keep, "labels": [ids[i + 1] for i in keep]}


def collate(rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
    """One row a micro-batch, as tensors of shape (1, length)."""
    (row,) = rows
    return {name: torch.tensor([values]) for name, values in row.items()}
