"""The nouns of a suite: its graded answers, the figures of each benchmark, and how two models compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orca2.core.benchmark import Kind, Measure
from orca2.core.results import Comparison, Result
from orca2.core.types import Outcome, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswer:
    """The answer to an item of a benchmark under a system message, and what a grader or a judge made of it.

    `family` is the benchmark. `response` answers the last of `follow_ups`, `earlier` all before it; `tokens` are of
    all of them. An open answer is "rated" or "unrated", with the judge's `scores`, one a turn; `made_up` is None where
    the judge was not asked for it or did not say.
    """

    task: str
    family: str
    subset: str
    system: str
    measure: Measure
    prompt: str
    follow_ups: Sequence[str]
    references: Sequence[str]
    target: str
    grader: str
    chance: float
    cluster: str
    max_tokens: int
    response: str
    earlier: Sequence[str]
    finish_reason: str
    tokens: int
    outcome: Outcome | Literal["rated", "unrated"]
    answer: str | None
    why: str
    where: Where | None = None
    read_by: str = ""
    scores: Sequence[int] = ()
    made_up: bool | None = None

    @property
    def rating(self) -> float | None:
        """The mean score; None of an answer that was not rated."""
        return sum(self.scores) / len(self.scores) if self.scores else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetResult(Result):
    """A part of a benchmark. `chance` is what guessing gets."""

    subset: str
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy(Result):
    """A graded benchmark under one system message. Of one with subsets, `accuracy` is the mean over them."""

    accuracy: float
    accuracy_low: float
    accuracy_high: float
    chance: float
    subsets: Sequence[SubsetResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubsetRatings:
    """A part of a benchmark that a judge rates."""

    subset: str
    items: int
    rated: int
    rating: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """A benchmark that a judge rates, under one system message: the mean of the scores with its 95 % interval.

    `made_up` of the `held` answers, those held against their source, claim what it lacks.
    """

    items: int
    rated: int
    rating: float
    low: float
    high: float
    held: int
    made_up: int
    made_up_low: float
    made_up_high: float
    tokens: float
    truncated: int
    unextracted: int
    failed: int
    subsets: Sequence[SubsetRatings]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedOn:
    """What of a benchmark a model was trained on: `named` families and options of its recipe that name the data, and
    how many of its `items` stand in the train split (`repeated`)."""

    named: Sequence[str]
    items: int
    repeated: int

    @property
    def in_domain(self) -> bool:
        return bool(self.named or self.repeated)

    def __str__(self) -> str:
        parts = [f"trained on {', '.join(self.named[:3])}"] if self.named else []
        if self.repeated:
            parts.append(f"{self.repeated:,} of {self.items:,} items stand in its train split")
        return "; ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkResult:
    """What stands beside the figures of a benchmark. `rows` counts all of its questions, `items` those asked;
    `rejected` those whose gold answer its own grader does not pass, as (id, why). `in_domain` is None where nothing is
    recorded of the model's training."""

    name: str
    title: str
    kind: Kind
    about: str
    means: str
    wording: str
    paper: str
    shots: int
    rows: int
    items: int
    rejected: Sequence[tuple[str, str]]
    in_domain: TrainedOn | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedBenchmark(BenchmarkResult):
    """Its answers are right or wrong; `systems` are its figures by system message."""

    measure: Literal["graded"] = "graded"
    systems: Mapping[str, Accuracy]

    @property
    def chance(self) -> float:
        """What guessing gets, the same under every message."""
        return next(iter(self.systems.values())).chance


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedBenchmark(BenchmarkResult):
    """Its answers are open: a judge rates them, and may hold them against their source."""

    measure: Literal["rated", "grounded"]
    systems: Mapping[str, Ratings]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A benchmark that cannot be run here, and why."""

    name: str
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferred:
    """How often a judge preferred which of two open answers, and the exact McNemar p of ours against theirs."""

    family: str
    items: int
    p: float
    ours: int
    theirs: int
    tie: int
    split: int
    unread: int


@dataclass(frozen=True, slots=True)
class SystemComparison:
    """Two models under one system message, on the `items` that both answered."""

    items: int
    graded: Sequence[Comparison]
    preferred: Sequence[Preferred]


@dataclass(frozen=True, slots=True)
class SuiteComparison:
    """This model minus another one, whose suite lies in `folder`, by system message."""

    against: str
    folder: str
    systems: Mapping[str, SystemComparison]


@dataclass(frozen=True, slots=True)
class SuiteSettings:
    """How it was asked; `limit` and `max_tokens` are 0 for none."""

    decoding: str
    limit: int
    max_tokens: int
    judge: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """All figures of a suite. `systems` are the texts of its system messages by name."""

    orca2: str
    model: str
    model_id: str
    suite: str
    systems: Mapping[str, str]
    settings: SuiteSettings
    answered_by: Sequence[str]
    benchmarks: Sequence[GradedBenchmark | RatedBenchmark]
    skipped: Sequence[Skipped]
    comparison: SuiteComparison | None

    @property
    def graded(self) -> list[GradedBenchmark]:
        return [entry for entry in self.benchmarks if isinstance(entry, GradedBenchmark)]

    @property
    def rated(self) -> list[RatedBenchmark]:
        return [entry for entry in self.benchmarks if isinstance(entry, RatedBenchmark)]
