"""The page of an ablation: results.json, and the same for a reader as ablation.md and ablation.html."""

import dataclasses
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from orca2.core.arms import BASE, CHOSEN, RANDOM, Arm
from orca2.core.claims import ClaimStatus
from orca2.evidence.folders import Ablation
from orca2.evidence.results import PARTS, results
from orca2.evidence.types import AblationResults, ArmResult, ArmTrainings, Matching, MatchingResults, Part
from orca2.files import write_text
from orca2.reporting import formats
from orca2.reporting.charts import Point, frontier
from orca2.reporting.rendering import html, markdown

TITLES: dict[Matching, str] = {"lessons": "Equal lessons", "tokens": "Equal supervised tokens"}
LEADS: dict[Matching, str] = {
    "lessons": "Every arm learns as many lessons; verified arms of the very same prompts.",
    "tokens": "Every arm learns from as many supervised tokens, so one with short answers learns from more prompts.",
}
VERDICTS: dict[ClaimStatus, str] = {
    "holds": "borne out", "fails": "not borne out", "undecided": "undecided", "untested": "not tested",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrainingMeans:
    """What an arm learned from, as means over the seeds."""

    arm: str
    same_as: str
    documents: float
    supervised_tokens: float
    tokens: float
    steps: float


@dataclass(frozen=True, slots=True)
class PartTables:
    """The figures of some families: by arm and message, by family and arm under the leading message, and a chart.

    A family stands with the strategies that were chosen for it. None is a figure that is not there.
    """

    title: str
    totals: Sequence[tuple[str, Sequence[ArmResult | None]]]
    families: Sequence[tuple[str, str, Sequence[ArmResult | None]]]
    chart: Markup


@dataclass(frozen=True, slots=True)
class MatchingSection:
    """What the page shows of the arms that have the same of one thing."""

    name: Matching
    title: str
    lead: str
    results: MatchingResults
    trainings: Sequence[TrainingMeans]
    parts: Sequence[PartTables]


def write(ablation: Ablation) -> Path:
    """Write the three files from what the cells have answered, and return the path of the page."""
    found = results(ablation)
    text = json.dumps(dataclasses.asdict(found), indent=1, ensure_ascii=False)
    write_text(ablation.path / "results.json", text + "\n")
    shown = context(found)
    write_text(ablation.path / "ablation.md", markdown("ablation.md.jinja", shown))
    path = ablation.path / "ablation.html"
    write_text(path, html("ablation.html.jinja", shown))
    return path


def context(found: AblationResults) -> dict[str, Any]:
    """That of the templates. Text is unescaped; only the charts are ready markup."""
    return {
        "name": found.name,
        "facts": {
            "student": found.student,
            "teacher": found.teacher,
            "arms start from": f"the {found.start} student",
            "seeds": ", ".join(map(str, found.seeds)),
        },
        "headline": headline(found),
        "arms": {name: described(arm) for name, arm in found.arms.items()},
        "messages": found.messages,
        "leading": found.leading,
        "margin": found.margin,
        "sections": [_section(found, name, matched) for name, matched in found.matchings.items()],
        "cautions": cautions(found),
    }


def headline(found: AblationResults) -> str:
    """How many of the claims hold under the first matching, and the figures of the arms that they are about."""
    first = next(iter(found.matchings.values()))
    verdicts = Counter(claim.verdict for claim in first.claims)
    counts = ", ".join(f"{verdicts[verdict]} {words}" for verdict, words in VERDICTS.items() if verdicts[verdict])
    rows = [_figures(first, arm, found.leading, "trained", "all") for arm in first.arms]
    best_first = sorted((row for row in rows if row), key=lambda row: -row.accuracy)
    figures = [
        f"{row.arm} {formats.percent(row.accuracy)} at {formats.tokens(row.tokens)} tokens an answer"
        for row in best_first
        if row.arm in (BASE, "cautious") or found.arms[row.arm].strategy not in ("", CHOSEN, RANDOM)
    ]
    return f"Of the method's {len(first.claims)} claims: {counts} by these data. {'; '.join(figures)}."


def described(arm: Arm) -> str:
    """An arm in words."""
    if not arm.strategy:
        return "the untouched student"
    rules = {CHOSEN: "the strategy chosen for the family", RANDOM: "a random strategy"}
    rule = rules.get(arm.strategy, f"always {arm.strategy}")
    kept = "instruction kept" if arm.kept else "instruction erased"
    return ", ".join([rule, kept, *([] if arm.verified else ["wrong answers left in"])])


def cautions(found: AblationResults) -> list[str]:
    """What a reader should be careful about."""
    lines = [
        f"Intervals and p-values treat seeds and items as drawn from many: two crossed random effects. With"
        f" {len(found.seeds)} seeds the first part is rough."
        if len(found.seeds) > 1
        else "There is one seed, so intervals speak of other items only, and nothing of other trainings.",
        "The teacher's answers are the same for all seeds, so nothing here speaks of another teacher.",
        f"A difference under {found.margin:g} points counts as none that matters: ablate.margin of the recipe.",
    ]
    if not found.demonstrations.rejected:
        lines.append("No answer of the teacher was wrong, so whether leaving wrong ones out helps cannot be seen here.")
    if found.missing:
        lines.append(f"Not there, because they failed or were not run: {', '.join(found.missing)}.")
    return lines


def _section(found: AblationResults, name: Matching, matched: MatchingResults) -> MatchingSection:
    there = {row.part for row in matched.rows}
    trainings = [_means(arm, trained) for arm, trained in matched.arms.items()]
    return MatchingSection(
        name,
        TITLES[name],
        LEADS[name],
        matched,
        [means for means in trainings if means],
        [_part(found, matched, part) for part in PARTS if part in there],
    )


def _part(found: AblationResults, matched: MatchingResults, part: Part) -> PartTables:
    names = dict.fromkeys(row.family for row in matched.rows if row.part == part and row.family != "all")
    chosen = {name: sorted({by[name] for by in found.chosen.values() if name in by}) for name in names}
    return PartTables(
        PARTS[part],
        [(arm, [_figures(matched, arm, m, part, "all") for m in found.messages]) for arm in matched.arms],
        [
            (name, " or ".join(chosen[name]), [_figures(matched, a, found.leading, part, name) for a in matched.arms])
            for name in names
        ],
        _chart(found, matched, part),
    )


def _figures(matched: MatchingResults, arm: str, message: str, part: Part, family: str) -> ArmResult | None:
    keys = (arm, message, part, family)
    return next((row for row in matched.rows if (row.arm, row.message, row.part, row.family) == keys), None)


def _means(name: str, arm: ArmTrainings) -> TrainingMeans | None:
    """None for an arm that learned nothing."""
    learned = [seed.training for seed in arm.trainings if seed.training]
    if not learned:
        return None

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values)

    return TrainingMeans(
        name,
        arm.same_as,
        mean([training.documents for training in learned]),
        mean([training.supervised_tokens for training in learned]),
        mean([training.tokens for training in learned]),
        mean([training.steps for training in learned]),
    )


def _chart(found: AblationResults, matched: MatchingResults, part: Part) -> Markup:
    rows = [_figures(matched, arm, found.leading, part, "all") for arm in matched.arms]
    points = [Point(row.arm, row.tokens, row.accuracy, row.low, row.high) for row in rows if row]
    told = "; ".join(f"{p.name} {formats.percent(p.value)} at {formats.tokens(p.tokens)} tokens" for p in points)
    return frontier(points, f"Accuracy against tokens an answer, {PARTS[part]}: {told}")
