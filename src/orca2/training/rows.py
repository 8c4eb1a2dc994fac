"""Packed training rows: many documents in one row, kept apart by position ids."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from orca2.core.packing import plan
from orca2.training.spans import TokenizedExample

MOST_KEPT = 0.9  # share of the lessons that are too long, for which a smaller row is named too
TensorRow = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class PackedDataset:
    """The documents, flat, and which of them share a row; a row becomes tensors when it is asked for.

    `ids` holds all tokens one after the other; document i is `ids[ends[i - 1] : ends[i]]` and its
    last `num_label_tokens[i]` tokens are learned. `too_long` are the lengths of those left out for that.
    """

    ids: "array[int]"
    ends: "array[int]"
    num_label_tokens: "array[int]"
    rows: list[list[int]]
    dropped: dict[str, int]
    too_long: Sequence[int] = ()

    @property
    def documents(self) -> int:
        return len(self.num_label_tokens)

    @property
    def tokens(self) -> int:
        return len(self.ids)

    @property
    def supervised_tokens(self) -> int:
        return sum(self.num_label_tokens)

    @property
    def mean_context(self) -> float:
        """Tokens of its own document, on average over tokens."""
        return sum(self.length(i) ** 2 for i in range(self.documents)) / max(self.tokens, 1)

    def lost(self, capacity: int, context: int | None) -> str:
        """What is said of lessons that are too long: how many, and the `row_tokens` that would keep them."""
        if not self.too_long:
            return ""
        fit = sorted(length for length in self.too_long if context is None or length <= context)
        given, lost = self.documents + sum(self.dropped.values()), len(self.too_long)
        said = f"{lost:,} of {given:,} lessons ({lost / given:.1%}) are too long and left out"
        if fit:
            most = fit[math.ceil(MOST_KEPT * len(fit)) - 1]
            fewer = f", {most} nine of ten of them" if most < fit[-1] else ""
            said += f"; row_tokens = {fit[-1]} would keep {'them' if len(fit) == lost else f'{len(fit):,}'}{fewer}"
        if len(fit) < lost:
            said += f"; {lost - len(fit):,} are longer than the student's context of {context:,}"
        return said

    def num_label_tokens_in(self, row: int) -> int:
        return sum(self.num_label_tokens[i] for i in self.rows[row])

    def length(self, document: int) -> int:
        return self.ends[document] - (self.ends[document - 1] if document else 0)

    def lengths(self, row: int) -> list[int]:
        """Tokens of each document of a row, in its order."""
        return [self.length(i) for i in self.rows[row]]

    def row(self, row: int) -> TensorRow:
        """`input_ids` and `position_ids` (1, length), `label_positions` and `labels` (supervised tokens).

        Position ids start again at each document, which is what keeps documents from seeing each
        other. `label_positions` holds the positions whose next token is supervised, `labels` those tokens.
        """
        flat = torch.frombuffer(self.ids, dtype=torch.int32)
        ids, positions, label_positions, at = [], [], [], 0
        for i in self.rows[row]:
            length = self.length(i)
            ids.append(flat[self.ends[i] - length : self.ends[i]])
            positions.append(torch.arange(length))
            label_positions.append(torch.arange(at + length - self.num_label_tokens[i] - 1, at + length - 1))
            at += length
        input_ids, positions_with_label = torch.cat(ids).long(), torch.cat(label_positions)
        return {
            "input_ids": input_ids[None],
            "position_ids": torch.cat(positions)[None],
            "label_positions": positions_with_label,
            "labels": input_ids[positions_with_label + 1],
        }


def pack(
    documents: Iterable[TokenizedExample],
    capacity: int,
    seed: int = 0,
    packing: bool = True,
    context: int | None = None,
) -> PackedDataset:
    """Rows of at most `capacity` tokens; one document a row if not `packing`. `context` is how long a document the
    model takes.

    A document that does not fit, or has nothing to learn, is left out and counted, never cut.
    """
    ids, ends, num_label_tokens = array("i"), array("q"), array("q")
    dropped, too_long = Counter[str](), array("q")
    for document in documents:
        if len(document.ids) > min(capacity, context or capacity):
            too_long.append(len(document.ids))
        if len(document.ids) > capacity:
            dropped[f"longer than row_tokens = {capacity}"] += 1
        elif context is not None and len(document.ids) > context:
            dropped[f"longer than the context of {context}"] += 1
        elif document.ambiguous:
            dropped["the mark of a thought in its text"] += 1
        elif document.empty or not document.num_label_tokens:
            dropped["empty answer"] += 1
        else:
            ids.extend(document.ids)
            ends.append(len(ids))
            num_label_tokens.append(document.num_label_tokens)
    lengths = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    rows = plan(lengths, capacity, seed) if packing else [[i] for i in range(len(ends))]
    return PackedDataset(ids, ends, num_label_tokens, rows, dict(dropped), too_long)


def spread(packed: PackedDataset, least: int, seed: int) -> PackedDataset:
    """The same documents in shorter rows if there are less than `least`."""
    if len(packed.rows) in (0, packed.documents) or len(packed.rows) >= least:
        return packed
    lengths = [packed.length(i) for i in range(packed.documents)]
    return replace(packed, rows=plan(lengths, max(*lengths, packed.tokens // least), seed))


def to_device(device: torch.device, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A row, and numbers that go with it, with its tensors on a device; a GPU takes them when it gets to them, from
    memory that stays in its place."""
    return {k: _sent(v, device) if torch.is_tensor(v) else v for k, v in inputs.items()}


def _sent(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
    return (tensor.pin_memory() if device.type == "cuda" else tensor).to(device, non_blocking=True)


def boundaries(lengths: list[int]) -> dict[str, Any]:
    """Where documents of these lengths start and end in a row, as variable-length attention takes it."""
    ends = torch.zeros(len(lengths) + 1, dtype=torch.int32)
    ends[1:] = torch.tensor(lengths).cumsum(0)
    longest = max(lengths)
    return {"cu_seq_lens_q": ends, "cu_seq_lens_k": ends, "max_length_q": longest, "max_length_k": longest}
