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
    """The mean loss of one step of a training."""

    step: int
    epoch: float
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """A training: its loss, what was learned from, and how fast."""

    loss: Sequence[LossPoint]
    rows: int
    documents: int
    dropped: Mapping[str, int]
    tokens: int
    supervised_tokens: int
    epochs: float
    steps: int
    seconds: float
    tokens_per_second: float
    packing: bool


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
