"""The figures of an ablation: what the cells answered, as means over seeds and items with what stands beside them."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orca2.core.arms import BASE
from orca2.core.claims import Measure
from orca2.core.comparing import READ, UNREADABLE
from orca2.core.intervals import wilson
from orca2.core.statistics import Crossed, crossed, holm, never_seen
from orca2.core.types import Answer
from orca2.evidence.cell import ANSWERS, MESSAGES, RECORD
from orca2.evidence.claims import Claim, claims, judge, single
from orca2.evidence.folders import Ablation, Cell
from orca2.evidence.types import (
    AblationResults,
    ArmComparison,
    ArmResult,
    ArmTrainings,
    CellRecord,
    JudgedClaim,
    Matching,
    MatchingResults,
    Part,
    Plan,
    SeedTraining,
)  # fmt: skip
from orca2.files import read_noun, read_nouns

LEADING = "default"  # the message under which claims are judged
PARTS: dict[Part, str] = {"trained": "families learned from", "held_out": "families held out"}

MEASURES: tuple[Measure, Measure] = ("points", "tokens")
Values = NDArray[np.float64]  # (seeds, items)


@dataclass(frozen=True)
class Answered:
    """One arm under one matching: its answers by message, and per seed what its training was like."""

    seeds: tuple[int, ...]
    items: Mapping[str, list[str]]  # message -> task ids
    families: Mapping[str, str]
    correct: Mapping[str, Values]
    tokens: Mapping[str, Values]
    outcomes: Mapping[str, list[list[str]]]
    trainings: Sequence[SeedTraining]
    same_as: str

    def some(self, message: str, families: Sequence[str]) -> list[int]:
        """The columns of the items of these families."""
        return [place for place, task in enumerate(self.items[message]) if self.families[task] in families]


def results(ablation: Ablation) -> AblationResults:
    """Everything that the page shows."""
    plans = {seed: ablation.plan(seed) for seed in ablation.seeds}
    held_out = list(ablation.recipe.tasks.held_out)
    matchings: dict[Matching, MatchingResults] = {}
    missing: list[str] = []
    for matching in ablation.matchings:
        arms = {name: _answered(ablation, matching, name, plans) for name in ablation.arms}
        missing += _missing(ablation, matching, arms)
        there = {name: arm for name, arm in arms.items() if arm is not None}
        matchings[matching] = _matching_results(ablation, there, held_out)
    return AblationResults(
        name=ablation.recipe.name,
        student=ablation.recipe.student.model,
        teacher=ablation.recipe.teacher.model,
        start=ablation.recipe.ablate.start,
        seeds=list(ablation.seeds),
        messages=MESSAGES,
        leading=LEADING,
        held_out=held_out,
        margin=ablation.recipe.ablate.margin,
        arms=ablation.arms,
        chosen={seed: plan.chosen for seed, plan in plans.items()},
        demonstrations=plans[ablation.seeds[0]].demonstrations,
        missing=missing,
        matchings=matchings,
    )


def _matching_results(ablation: Ablation, arms: Mapping[str, Answered], held_out: Sequence[str]) -> MatchingResults:
    rows = [row for name, arm in arms.items() for row in _rows(name, arm, held_out)]
    lengths = {(row.arm, row.message, row.part): row.tokens for row in rows if row.family == "all"}
    singles = [name for name in single(ablation.arms) if name in arms]
    longest = max(singles, key=lambda name: lengths[name, LEADING, "trained"], default=None)
    tested = claims({name: arm for name, arm in ablation.arms.items() if name in arms}, longest, bool(held_out))
    comparisons = _comparisons(tested, arms, held_out)
    return MatchingResults(
        arms={name: ArmTrainings(same_as=arm.same_as, trainings=arm.trainings) for name, arm in arms.items()},
        rows=rows,
        comparisons=comparisons,
        claims=[_judged(claim, comparisons, ablation.recipe.ablate.margin) for claim in tested],
    )


def _judged(claim: Claim, comparisons: Sequence[ArmComparison], margin: float) -> JudgedClaim:
    leading, without = (
        judge(claim, [row for row in comparisons if (row.claim, row.message) == (claim.name, message)], margin)
        for message in (LEADING, "none")
    )
    return JudgedClaim(
        claim=claim.name, text=claim.text, verdict=leading.verdict, said=leading.said, because=leading.because,
        without=without,
    )  # fmt: skip


def _missing(ablation: Ablation, matching: Matching, arms: Mapping[str, Answered | None]) -> list[str]:
    """The arms that are not there, and the seeds that are not of the others."""
    whole = [f"{name} (equal {matching})" for name, arm in arms.items() if arm is None]
    return whole + [
        f"{name} of seed {seed} (equal {matching})"
        for name, arm in arms.items() if arm for seed in ablation.seeds if seed not in arm.seeds
    ]  # fmt: skip


def _answered(ablation: Ablation, matching: Matching, name: str, plans: Mapping[int, Plan]) -> Answered | None:
    """An arm's answers of all seeds that are there; None if there are none."""
    trainings: list[SeedTraining] = []
    answered: list[list[Answer]] = []
    alike: set[str] = set()
    for seed in ablation.seeds:
        planned = None if name == BASE else plans[seed].matchings[matching][name]
        if planned is None:
            cell = Cell(seed, None, BASE)
        else:
            alike.add(planned.same_as)
            cell = Cell(seed, matching, planned.same_as or name)
        place = ablation.folder(cell).path
        if not (place / RECORD).exists():
            continue
        again = f"remove {place / RECORD}, and ablate again"
        answered.append(read_nouns(place / ANSWERS, Answer, again))
        record = read_noun(place / RECORD, CellRecord, again)
        strategies = planned.strategies if planned else {}
        trainings.append(
            SeedTraining(seed=seed, training=record.training, seconds=record.seconds, strategies=strategies)
        )
        if name == BASE:
            break  # it is the same for all
    if not answered:
        return None
    items = {m: [answer.task for answer in answered[0] if answer.system == m] for m in MESSAGES}
    by_item = [{(answer.system, answer.task): answer for answer in answers} for answers in answered]

    def grid(field: str) -> dict[str, list[list[Any]]]:
        return {m: [[getattr(by[m, task], field) for task in items[m]] for by in by_item] for m in MESSAGES}

    outcomes = grid("outcome")
    return Answered(
        tuple(ablation.seeds) if name == BASE else tuple(training.seed for training in trainings),
        items,
        {answer.task: answer.family for answer in answered[0]},
        {m: np.asarray([[o == "correct" for o in row] for row in rows], float) for m, rows in outcomes.items()},
        {m: np.asarray(rows, float) for m, rows in grid("tokens").items()},
        outcomes,
        trainings,
        alike.pop() if len(alike) == 1 else "",
    )


def _rows(name: str, arm: Answered, held_out: Sequence[str]) -> Iterator[ArmResult]:
    """Accuracy, tokens and unreadable outcomes of an arm: all families of a part, then each."""
    families = sorted(set(arm.families.values()))
    parts: dict[Part, list[str]] = {
        "trained": [family for family in families if family not in held_out],
        "held_out": list(held_out),
    }
    for message in MESSAGES:
        for part, members in parts.items():
            for label, some in [("all", members), *((family, [family]) for family in members)]:
                if places := arm.some(message, some):
                    yield _row(name, arm, message, part, label, places)


def _row(name: str, arm: Answered, message: str, part: Part, family: str, places: Sequence[int]) -> ArmResult:
    correct = arm.correct[message][:, places]
    accuracy = _accuracy(correct)
    outcomes = [row[place] for row in arm.outcomes[message] for place in places]
    return ArmResult(
        arm=name,
        message=message,
        part=part,
        family=family,
        items=len(places),
        seeds=len(correct),
        accuracy=accuracy.mean,
        low=accuracy.low,
        high=accuracy.high,
        per_seed=[float(row.mean()) for row in correct],
        tokens=float(arm.tokens[message][:, places].mean()),
        format_ok=sum(outcome in READ for outcome in outcomes) / len(outcomes),
        **{kind: outcomes.count(kind) / len(outcomes) for kind in UNREADABLE},
    )


def _accuracy(correct: Values) -> Crossed:
    found = crossed(correct)
    if found.low == found.high:  # all right or all wrong: the items alone say how far that can be trusted
        low, high = wilson(int(correct[0].sum()), correct.shape[1])
        return dataclasses.replace(found, low=low, high=high)
    return dataclasses.replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _comparisons(tested: Sequence[Claim], arms: Mapping[str, Answered], held_out: Sequence[str]) -> list[ArmComparison]:
    """The comparisons of all claims under each message; Holm corrects over those of one message."""
    corrected: list[ArmComparison] = []
    for message in (LEADING, "none"):
        rows = [
            _compared(claim, arm, against, message, arms, held_out) for claim in tested for arm, against in claim.pairs
        ]
        ps = holm([row.decisive.p for row in rows])
        corrected += [dataclasses.replace(row, p_holm=p) for row, p in zip(rows, ps, strict=True)]
    return corrected


def _compared(
    claim: Claim, arm: str, against: str, message: str, arms: Mapping[str, Answered], held_out: Sequence[str]
) -> ArmComparison:
    """One comparison, not corrected for the others yet."""
    ours, theirs = arms[arm], arms[against]
    families = set(ours.families.values())
    part = [family for family in families if (family in held_out) == (claim.part == "held_out")]
    points, tokens = (difference(ours, theirs, message, part, measure) for measure in MEASURES)
    return ArmComparison(
        claim=claim.name,
        measure=claim.aim.measure,
        message=message,
        part=claim.part,
        arm=arm,
        against=against,
        same_lessons=bool(ours.same_as or theirs.same_as) and (ours.same_as or arm) == (theirs.same_as or against),
        points=points,
        tokens=tokens,
        p_holm=(points if claim.aim.measure == "points" else tokens).p,
    )


def difference(ours: Answered, theirs: Answered, message: str, families: Sequence[str], measure: Measure) -> Crossed:
    """Ours minus theirs on the seeds that both have: in points of accuracy, or in tokens an answer."""
    shared = [seed for seed in ours.seeds if seed in theirs.seeds]
    assert ours.items[message] == theirs.items[message], "arms answer the same test tasks"
    places = ours.some(message, families)

    def of(arm: Answered) -> Values:
        values = (100.0 * arm.correct[message] if measure == "points" else arm.tokens[message])[:, places]
        if len(values) == 1 < len(arm.seeds):  # the base, once for all seeds
            return np.repeat(values, len(shared), axis=0)
        return values[[arm.seeds.index(seed) for seed in shared]]

    apart = of(ours) - of(theirs)
    found = crossed(apart)
    if measure == "points" and not apart.any():  # nothing was seen to differ, which is not that nothing does
        reach = 100.0 * never_seen(len(places))
        return dataclasses.replace(found, low=-reach, high=reach)
    return found
