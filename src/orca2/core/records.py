"""What stages write down of their work, as those read it who come after them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orca2.core.counts import DemonstrationCounts
from orca2.core.types import Split


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyReaders:
    """Of one family: how many tasks each grader reads, its options, and what said so."""

    read_by: Mapping[str, int]
    options: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts:
    """Of the stage tasks: tasks by family and split, those that two splits nearly share, and who reads which family."""

    families: Mapping[str, Mapping[Split, int]]
    overlap: Mapping[str, int]
    graders: Mapping[str, FamilyReaders] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossPoint:
    """The mean loss of one step of a training, and what it was taken over: packing changes documents per step."""

    step: int
    epoch: float
    loss: float
    documents: int
    supervised_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBackLoss:
    """The mean loss over so many supervised tokens of lessons held back."""

    loss: float
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBackPoint:
    """That loss after a step of a training, by family and of "all"."""

    step: int
    held_back: Mapping[str, HeldBackLoss]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """A training: its loss, what was learned from, and how fast.

    `useful` is the share of the rows' places that hold a token; `mfu` is None where the device's peak is not known.
    """

    loss: Sequence[LossPoint]
    held_back: Sequence[HeldBackPoint]
    rows: int
    documents: int
    dropped: Mapping[str, int]
    tokens: int
    supervised_tokens: int
    useful: float
    epochs: int
    steps: int
    processes: int
    seconds: float
    tokens_per_second: float
    mfu: float | None
    packing: bool
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What the stage train made: of several trainings in turn, the last one's."""

    lessons: int
    training: TrainingRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the stage explain made; where it was `skipped`, that is why, and there is nothing else.

    `cells` counts the lessons of each family and strategy, "family strategy", and `asked` the demonstrations.
    """

    skipped: str = ""
    lessons: int = 0
    training: TrainingRecord | None = None
    demonstrations: DemonstrationCounts | None = None
    cells: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)

    @property
    def took_place(self) -> bool:
        return self.training is not None
