"""verify: only demonstrations whose answer is right, whole and unambiguous go on, and no two that nearly agree."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from orca2.core.counts import DemonstrationCounts, SetAside, Tried, Verification
from orca2.core.eliciting import learned
from orca2.core.narrowing import narrow
from orca2.core.ngrams import distinct
from orca2.core.types import Demonstration, Strategy
from orca2.errors import DataError
from orca2.grading.settled_thought import cut_where_settled
from orca2.run.demonstrating import count_outcomes
from orca2.run.folder import RunFolder
from orca2.run.stage import StageResult
from orca2.run.tasks import read_tasks, strategies_of
from orca2.stages._rejected import FILE, all_rejected

DUPLICATE = "duplicate"  # right, and nearly the same as an earlier answer to its task


def run(folder: RunFolder) -> StageResult:
    judged = folder.read_rows("demonstrations.jsonl", "teach", Demonstration)
    families, tasks = _grouped(judged, "family"), _grouped(judged, "task")
    spec = folder.recipe.verify
    strategies = {strategy.name: strategy for strategy in strategies_of(folder)}
    right = [shown for rows in tasks.values() for shown in _distinct(rows, strategies)]
    accepted, left_out = narrow(right, spec.max_tokens, spec.shortest)
    kept, kept_in = Counter(shown.task for shown in accepted), Counter(shown.family for shown in accepted)
    for family, rows in families.items():
        if not kept_in[family] and left_out.get(family):
            raise DataError(
                f"verify: every right demonstration of {family!r} has more than verify.max_tokens ="
                f" {spec.max_tokens} tokens; raise it, or ask for shorter thoughts"
            )
        if not kept_in[family]:
            raise all_rejected(folder, family, rows)
    (folder.path / FILE).unlink(missing_ok=True)  # of an earlier try
    aside = [_aside(rows) for task, rows in tasks.items() if not kept[task]]
    counts = _counts(judged, len(accepted), sum(left_out.values(), Counter()))
    folder.write_rows("verified.jsonl", _settled(folder, accepted) if spec.settle else accepted)
    folder.write_rows("set_aside.jsonl", aside)
    folder.write_json(
        "verify.json",
        Verification(
            asked=counts.asked,
            accepted=counts.accepted,
            rejected=counts.rejected,
            tasks=len(tasks),
            set_aside=len(aside),
            short=sum(0 < kept[task] < folder.recipe.teach.min_correct for task in tasks),
            families={
                family: _counts(rows, kept_in[family], left_out.get(family, Counter()))
                for family, rows in families.items()
            },
        ),
    )
    rejected = ", ".join(f"{n} {outcome}" for outcome, n in counts.rejected.items()) or "none"
    said = f"{counts.accepted:,} of {counts.asked:,} accepted, rejected: {rejected}"
    return StageResult(said + (f"; {len(aside):,} of {len(tasks):,} tasks set aside" if aside else ""))


def _grouped(judged: Iterable[Demonstration], by: str) -> dict[str, list[Demonstration]]:
    groups: dict[str, list[Demonstration]] = defaultdict(list)
    for shown in judged:
        groups[getattr(shown, by)].append(shown)
    return groups


def _distinct(rows: Sequence[Demonstration], strategies: Mapping[str, Strategy]) -> list[Demonstration]:
    """The right ones of a task without those that nearly repeat what an earlier one teaches."""
    right = [shown for shown in rows if shown.verdict and shown.verdict.correct]
    return [right[at] for at in distinct([learned(strategies[shown.strategy], shown.completion) for shown in right])]


def _settled(folder: RunFolder, accepted: Sequence[Demonstration]) -> list[Demonstration]:
    """The same with each thought up to where its answer is settled."""
    by_id = {task.id: task for task in read_tasks(folder, "train")}
    return [
        replace(shown, completion=replace(c, reasoning=cut_where_settled(by_id[shown.task], c.reasoning)))
        if (c := shown.completion).reasoning
        else shown
        for shown in accepted
    ]


def _counts(
    rows: Sequence[Demonstration], accepted: int, left_out: Mapping[str, int] = MappingProxyType({})
) -> DemonstrationCounts:
    """The outcomes of some demonstrations, of which so many go on: right ones that do not are duplicates, or `left_out`
    for another reason."""
    counts = count_outcomes(rows)
    repeated = counts.accepted - accepted - sum(left_out.values())
    rejected = {**counts.rejected, **({DUPLICATE: repeated} if repeated else {}), **left_out}
    return DemonstrationCounts(asked=counts.asked, accepted=accepted, rejected=rejected)


def _aside(rows: Sequence[Demonstration]) -> SetAside:
    """A task, by its demonstrations, of which none is right."""
    tried = [
        Tried(strategy=shown.strategy, sample=shown.sample, verdict=shown.verdict) for shown in rows if shown.verdict
    ]
    outcomes = Counter(one.verdict.outcome for one in tried)
    why = ", ".join(f"{n} {outcome}" for outcome, n in outcomes.most_common())
    return SetAside(task=rows[0].task, family=rows[0].family, why=why, tried=tried)
