"""What stages write down of their work, as those read it who come after them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orca2.core.auditing import AuditRow
from orca2.core.counts import DemonstrationCounts
from orca2.core.golds import GoldCounts
from orca2.core.preferring import Judging
from orca2.core.results import Comparison, Result
from orca2.core.types import Gold, Split


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyReaders:
    """Of one family: how many tasks each grader reads, its options, and what said so."""

    read_by: Mapping[str, int]
    options: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedRows:
    """Rows that cannot be used, all for the same reason: how many, and where the first is and what to do."""

    rows: int
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowCounts:
    """Of the `rows` that were read, and the `further` tasks of conversations among them: those that repeat a task,
    those `unused` (over a limit or in no split), and those dropped, by what is wrong with them."""

    rows: int
    duplicates: int
    unused: int
    dropped: Mapping[str, DroppedRows]
    further: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCounts(RowCounts):
    """Of the stage tasks: tasks by family and split, those that two splits nearly share, and who reads which family."""

    families: Mapping[str, Mapping[Split, int]]
    overlap: Mapping[str, int]
    graders: Mapping[str, FamilyReaders]


@dataclass(frozen=True, slots=True, kw_only=True)
class Golds:
    """Of the stage gold: where the golds of each family come from, and what labelled rows say of them, kind by kind."""

    families: Mapping[str, GoldCounts]
    audit: Sequence[AuditRow] = ()

    @property
    def ways(self) -> Mapping[Gold, int]:
        """All tasks by where their golds come from."""
        return sum((Counter(row.ways) for row in self.families.values()), Counter[Gold]())

    def audited(self, gold: Gold) -> AuditRow | None:
        """What labelled rows say of one kind of gold in all families."""
        return next((row for row in self.audit if row.family == "all" and row.gold == gold), None)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyReference:
    """What the answers of a family are held against: known answers by `source`, of which `told` of `references` are
    taken for the strategy that they were made under (`confusion`: strategy, then what its answers were taken for).

    Strategies that are `alike` cannot be told from the `chosen` one, of those `unknown` there are too few answers; it
    is `clear` if neither is so and another strategy was tried.
    """

    source: str
    chosen: str
    references: int
    told: int
    confusion: Mapping[str, Mapping[str, int]]
    alike: Sequence[str]
    unknown: Sequence[str]
    clear: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyAgreement:
    """How many of a family's `items` are built as the chosen strategy builds answers, with the Wilson interval of that
    share, and like what they look (`taken`); none of this where too few answers of that strategy are known."""

    items: int
    agreeing: int | None = None
    low: float | None = None
    high: float | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    student: str = ""
    system: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalAgreement:
    """The same over the `families` whose reference is clear; `of` counts all of them."""

    items: int
    agreeing: int
    low: float
    high: float
    families: int
    of: int
    student: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far students use the strategies chosen for the `families` unprompted: `rows` by student, system message and
    family, and `totals`."""

    families: Mapping[str, FamilyReference]
    rows: Sequence[FamilyAgreement]
    totals: Sequence[TotalAgreement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What the stage evaluate found. `rows` are by student, system message and family, `totals` over all families;
    `comparisons` are of the cautious student. `by_gold` are totals by what decides, and `golds` how many of the test
    tasks each kind of gold decides; `judging` is of the open answers, in pairs."""

    seed: int
    settings: Mapping[str, Any]
    rows: Sequence[Result]
    totals: Sequence[Result]
    comparisons: Sequence[Comparison]
    agreement: Agreement
    by_gold: Sequence[Result] = ()
    golds: Mapping[Gold, int] = field(default_factory=lambda: {"given": 1})
    judging: Judging | None = None
