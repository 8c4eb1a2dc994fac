"""The nouns of an ablation (what a seed's arms are to learn, what a student came to, the figures of them all) and of
the closed loop: what a round came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orca2.core.arms import Arm
from orca2.core.claims import ClaimStatus, Measure
from orca2.core.counts import DemonstrationCounts
from orca2.core.results import Comparison, Result
from orca2.core.rounds import RoundPart
from orca2.core.statistics import Crossed

Matching = Literal["lessons", "tokens"]  # what all arms have the same of
Part = Literal["trained", "held_out"]  # families that were learned from, or not


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlan:
    """What an arm of one seed learns: how many lessons, of which strategies, in how many steps.

    `same_as` names the arm before it that learns the very same lessons; empty if none does.
    """

    lessons: int
    supervised_tokens: int
    steps: int
    strategies: Mapping[str, int]
    same_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the arms of one seed learn, by matching. `key` is a hash of all that it depends on.

    `demonstrations` counts those of all arms, `wrong` those that are not right, by family; `chosen` is the strategy of
    each family.
    """

    key: str
    matchings: Mapping[Matching, Mapping[str, ArmPlan]]
    demonstrations: DemonstrationCounts
    wrong: Mapping[str, int]
    chosen: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellTraining:
    """What the student of a cell learned from: `families` counts its lessons, `loss` is as in `2.31 -> 0.42`."""

    rows: int
    documents: int
    dropped: Mapping[str, int]
    tokens: int
    supervised_tokens: int
    epochs: float
    steps: int
    seconds: float
    packing: bool
    loss: str
    families: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CellSeconds:
    """How long a cell took."""

    training: float
    answering: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRecord:
    """How the answers of a cell came to be; the base has no training. `key` is a hash of all that they depend on."""

    key: str
    seed: int
    matching: Matching | None
    arm: str
    training: CellTraining | None
    seconds: CellSeconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedTraining:
    """An arm's training with one seed, and of how many lessons each strategy was."""

    seed: int
    training: CellTraining | None
    seconds: CellSeconds
    strategies: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTrainings:
    """Those of the seeds that are there. `same_as` names the arm whose students they are, if it is another one."""

    same_as: str
    trainings: Sequence[SeedTraining]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """An arm under one message on one family, or on "all" of a part: a mean over seeds and items with its interval.

    `tokens` are those of an answer; `format_ok` and what could not be read are shares.
    """

    arm: str
    message: str
    part: Part
    family: str
    items: int
    seeds: int
    accuracy: float
    low: float
    high: float
    per_seed: Sequence[float]
    tokens: float
    format_ok: float
    truncated: float
    ambiguous: float
    unextracted: float
    failed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmComparison:
    """An arm minus another one, for a claim that is decided by `measure`; `p_holm` is of that measure."""

    claim: str
    measure: Measure
    message: str
    part: Part
    arm: str
    against: str
    same_lessons: bool
    points: Crossed
    tokens: Crossed
    p_holm: float

    @property
    def decisive(self) -> Crossed:
        return self.points if self.measure == "points" else self.tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the data say of a claim, the same in words, and by which figures."""

    verdict: ClaimStatus
    said: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim(Ruling):
    """A claim and what the data say of it under the leading message, and `without` one."""

    claim: str
    text: str
    without: Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingResults:
    """The figures of all arms that have the same of one thing."""

    arms: Mapping[str, ArmTrainings]
    rows: Sequence[ArmResult]
    comparisons: Sequence[ArmComparison]
    claims: Sequence[JudgedClaim]


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationResults:
    """Everything that the page shows. `chosen` is the strategy of each family, by seed."""

    name: str
    student: str
    teacher: str
    start: str
    seeds: Sequence[int]
    messages: Mapping[str, str]
    leading: str
    held_out: Sequence[str]
    margin: float
    arms: Mapping[str, Arm]
    chosen: Mapping[int, Mapping[str, str]]
    demonstrations: DemonstrationCounts
    missing: Sequence[str]
    matchings: Mapping[Matching, MatchingResults]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTest:
    """The test split before and after a round, by family and on "all". It decides nothing."""

    before: Mapping[str, Result]
    after: Mapping[str, Result]
    gain: Mapping[RoundPart, Comparison]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStudent:
    """What a round's student gained on the one that it started from, and whether it is `kept` for that.

    `rehearsed` counts the lessons of other families that it learned from again.
    """

    rehearsed: int
    judged: Mapping[RoundPart, Comparison]
    test: RoundTest
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRecord:
    """A round of the closed loop. `strategies` are those of the weak families, `asked` the tasks demonstrated for
    `tokens` in and out; without one right demonstration there are no lessons, and no student."""

    round: int
    started_from: str
    strategies: Mapping[str, str]
    asked: Sequence[str]
    demonstrations: DemonstrationCounts
    tokens: int
    lessons: int
    student: RoundStudent | None = None

    @property
    def kept(self) -> bool:
        return self.student is not None and self.student.kept
