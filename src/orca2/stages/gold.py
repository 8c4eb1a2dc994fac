"""gold: teachers are asked for the golds that no row gives; what enough of their answers agree on is the gold."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from orca2.core.auditing import measure
from orca2.core.golds import AgreedGold, GoldCounts, with_golds
from orca2.core.records import Golds
from orca2.core.splitting import SPLITS
from orca2.core.types import Gold, Task
from orca2.errors import DataError
from orca2.progress import console
from orca2.reporting import trust
from orca2.run import labelled
from orca2.run.agreeing import ask_all, count_tokens, golds, judged_in_pairs, rivals_of
from orca2.run.auditing import audit
from orca2.run.folder import RunFolder
from orca2.run.stage import StageResult
from orca2.stages._estimate import show_votes

ASIDE = "golds_set_aside.jsonl"
AUDITED = "audited.jsonl"


def run(folder: RunFolder) -> StageResult:
    tasks = folder.tasks_as_read()
    open_tasks = [task for task in tasks if task.gold == "agreed"]
    share = folder.recipe.tasks.agreed.share
    cast = ask_all(folder, open_tasks) if open_tasks else []
    found = golds(open_tasks, cast, share)
    agreed, aside = [gold for gold in found if gold.target], [gold for gold in found if not gold.target]
    rivals = rivals_of(folder, unrivalled := judged_in_pairs(folder, tasks))
    folder.write_rows("golds.jsonl", [*agreed, *rivals])
    folder.write_rows(ASIDE, aside)
    audited, more = audit(folder, rows := labelled.read(folder))
    if audited:
        folder.write_rows(AUDITED, audited)
    made = Golds(families=counts(tasks, aside), audit=measure(audited))
    folder.write_json("gold.json", made)
    for line in _lines(made):
        console.print(f"  {line}", soft_wrap=True, markup=False)
    _check(tasks, with_golds(tasks, agreed), aside)
    return StageResult(
        _message(tasks, agreed, aside, share),
        *count_tokens([*cast, *more]),
        files=("golds.jsonl", ASIDE, "gold.json", *([AUDITED] if audited else [])),
        idle=not (open_tasks or unrivalled or rows),
    )


def dry_run(folder: RunFolder, show: int) -> None:
    """Say what would be asked and its price."""
    show_votes(folder, [task for task in folder.tasks_as_read() if task.gold == "agreed"])


def counts(tasks: Sequence[Task], aside: Sequence[AgreedGold]) -> dict[str, GoldCounts]:
    """Where the golds of each family come from."""
    left_out = {gold.task for gold in aside}
    ways: dict[str, Counter[Gold]] = defaultdict(Counter)
    dropped = Counter(gold.family for gold in aside)
    for task in tasks:
        ways[task.family][task.gold] += task.id not in left_out
    return {
        family: GoldCounts(ways={way: n for way, n in found.items() if n}, set_aside=dropped[family])
        for family, found in sorted(ways.items())
    }


def _lines(made: Golds) -> Iterator[str]:
    """Where the golds of each family come from, and what labelled rows say of them."""
    for family, row in made.families.items():
        if set(row.ways) != {"given"} or row.set_aside:
            yield f"{family}: {said(row)}"
    yield from map(trust.audited, made.audit)


def said(row: GoldCounts) -> str:
    """Where the golds of a family come from, for people."""
    ways = ", ".join(f"{count:,} {way}" for way, count in row.ways.items())
    return f"{ways or 'none'}{f', {row.set_aside:,} set aside' if row.set_aside else ''}"


def _message(tasks: Sequence[Task], agreed: Sequence[AgreedGold], aside: Sequence[AgreedGold], share: float) -> str:
    if all(task.gold == "given" for task in tasks):
        return "all golds are given"
    if not agreed and not aside:
        return "nothing to agree on"
    mean = sum(gold.share for gold in agreed) / max(len(agreed), 1)
    kept = f"{len(agreed):,} of {len(agreed) + len(aside):,} golds agreed on, by {mean:.0%} of the answers on average"
    return kept + (f"; {len(aside):,} set aside, below {share:.0%} or split: {ASIDE}" if aside else "")


def _check(tasks: Sequence[Task], whole: Sequence[Task], aside: Sequence[AgreedGold]) -> None:
    """DataError where a family has lost all its tasks of a split."""
    had, have = ({(task.family, task.split) for task in some} for some in (tasks, whole))
    for family, split in sorted(had - have, key=lambda pair: (pair[0], SPLITS.index(pair[1]))):
        first = next(gold for gold in aside if gold.family == family)
        raise DataError(
            f"gold: no task of {family!r} is left in the {split} split, all were set aside ({first.why}); lower"
            f" tasks.agreed.share, raise tasks.agreed.samples, set tasks.graders.{family} or leave the family out"
        )
