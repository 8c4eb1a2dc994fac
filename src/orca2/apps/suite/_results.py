"""From graded answers to the figures of each benchmark: accuracy or rating, with all that has to stand beside it."""

from collections.abc import Sequence
from dataclasses import asdict

from orca2.apps.suite._types import (
    Accuracy,
    BenchmarkResult,
    GradedBenchmark,
    ItemAnswer,
    RatedBenchmark,
    Ratings,
    SubsetRatings,
    SubsetResult,
    TrainedOn,
)  # fmt: skip
from orca2.benchmarks import Loaded
from orca2.core import averaging
from orca2.core.comparing import by_family, summary
from orca2.core.intervals import wilson
from orca2.core.results import Comparison

SEED = 0  # of the bootstrap


def of_benchmark(
    loaded: Loaded, answers: Sequence[ItemAnswer], systems: Sequence[str], trained_on: TrainedOn | None
) -> GradedBenchmark | RatedBenchmark:
    """The figures of a benchmark under each system message, of the answers to all."""
    about = loaded.benchmark
    described = BenchmarkResult(
        name=loaded.name, title=about.title, kind=about.kind, about=about.about, means=about.means,
        wording=about.wording, paper=about.paper, shots=len(about.shots), rows=loaded.rows, items=len(loaded.items),
        rejected=loaded.rejected, in_domain=trained_on,
    )  # fmt: skip
    fields = {name: getattr(described, name) for name in BenchmarkResult.__slots__}
    own = {name: [a for a in answers if (a.family, a.system) == (loaded.name, name)] for name in systems}
    if about.measure == "graded":
        return GradedBenchmark(**fields, systems={name: accuracy(some) for name, some in own.items()})
    return RatedBenchmark(**fields, measure=about.measure, systems={name: ratings(some) for name, some in own.items()})


def accuracy(answers: Sequence[ItemAnswer]) -> Accuracy:
    """Those to one benchmark under one system message: counts, chance, and the mean over its subsets."""
    whole = summary(answers)
    subsets = [_subset(name, some) for name, some in _by_subset(answers).items()]
    mean, low, high = averaging.macro({subset.subset: (subset.correct, subset.items) for subset in subsets})
    several = len(subsets) > 1
    return Accuracy(
        **asdict(whole),
        accuracy=mean if several else whole.correct / whole.items,
        accuracy_low=low if several else whole.low,
        accuracy_high=high if several else whole.high,
        chance=sum(subset.chance for subset in subsets) / len(subsets),
        subsets=subsets if several else [],
    )


def ratings(answers: Sequence[ItemAnswer]) -> Ratings:
    """As `accuracy`, of answers that a judge rated."""
    scores = _ratings(answers)
    mean, low, high = averaging.rating(scores)
    held = [answer.made_up for answer in answers if answer.made_up is not None]
    made_up_low, made_up_high = wilson(sum(held), len(held))
    outcomes = [answer.outcome for answer in answers]
    subsets = {name: (some, _ratings(some)) for name, some in _by_subset(answers).items()}
    return Ratings(
        items=len(answers),
        rated=len(scores),
        rating=mean,
        low=low,
        high=high,
        held=len(held),
        made_up=sum(held),
        made_up_low=made_up_low,
        made_up_high=made_up_high,
        tokens=round(sum(answer.tokens for answer in answers) / len(answers), 2),
        truncated=outcomes.count("truncated"),
        unextracted=outcomes.count("unextracted"),
        failed=outcomes.count("failed"),
        subsets=[
            SubsetRatings(subset=name, items=len(some), rated=len(given), rating=averaging.rating(given)[0])
            for name, (some, given) in subsets.items() if given
        ] if len(subsets) > 1 else [],
    )  # fmt: skip


def compared(ours: Sequence[ItemAnswer], theirs: Sequence[ItemAnswer]) -> list[Comparison]:
    """Ours minus theirs on the items that both answered: all, then each benchmark; Holm corrects over benchmarks."""
    first, second = ([a for a in answers if a.measure == "graded"] for answers in (ours, theirs))
    shared = {a.task for a in first} & {a.task for a in second}
    if not shared:
        return []
    return by_family([a for a in first if a.task in shared], [a for a in second if a.task in shared], SEED)


def _subset(name: str, answers: Sequence[ItemAnswer]) -> SubsetResult:
    chance = sum(answer.chance for answer in answers) / len(answers)
    return SubsetResult(**asdict(summary(answers)), subset=name, chance=chance)


def _ratings(answers: Sequence[ItemAnswer]) -> list[float]:
    return [answer.rating for answer in answers if answer.rating is not None]


def _by_subset(answers: Sequence[ItemAnswer]) -> dict[str, list[ItemAnswer]]:
    by_subset: dict[str, list[ItemAnswer]] = {}
    for answer in answers:
        by_subset.setdefault(answer.subset, []).append(answer)
    return by_subset
