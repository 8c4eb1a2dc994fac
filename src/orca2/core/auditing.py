"""What golds that no row gives cost in truth, measured on labelled rows: how many of them are false, and how many of
the answers that they accept are wrong, each with its interval."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orca2.core.types import Gold, Task

WIDE = 0.2  # of an interval; a wider one says nothing that a headline could rest on


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledTask:
    """A labelled row: the `task` as a row without a target would be, and what is known of it: the `label`, which is the
    same task with its answer, or a `response` that is `right` or not."""

    task: Task
    label: Task | None = None
    response: str = ""
    right: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What became of a labelled row: the gold that was agreed on, if one was, and whether it is `false`, which only an
    answer for a label can tell; whether one answer was `accepted`, and whether it is `right`."""

    task: str
    family: str
    gold: Gold
    label: str
    agreed: str
    false: bool | None
    response: str
    accepted: bool
    right: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many, with the exact 95 % interval of that share: (0, 1) of none."""

    count: int
    of: int
    low: float
    high: float

    @property
    def wide(self) -> bool:
        """Whether the interval is too wide to mean anything."""
        return self.high - self.low > WIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Of the labelled rows of a family, or of "all", and one kind of gold: golds that are false of those agreed on
    (None for another kind); answers that are wrong of those accepted; and right ones rejected, of those right."""

    family: str
    gold: Gold
    labelled: int
    false_golds: Rate | None
    false_accepts: Rate
    false_rejects: Rate

    @property
    def wide(self) -> bool:
        """Whether what decides the truth of a figure is too little known."""
        return self.false_accepts.wide or (self.false_golds is not None and self.false_golds.wide)


def rate(flags: Iterable[bool]) -> Rate:
    """How many of some are so."""
    from orca2.core.statistics import exact_interval  # numpy, which those who read records can do without

    known = list(flags)
    low, high = exact_interval(sum(known), len(known))
    return Rate(count=sum(known), of=len(known), low=low, high=high)


def measure(rows: Sequence[Audited]) -> list[AuditRow]:
    """One row for each kind of gold over all families, and one for each of its families. A labelled row counts once, so
    that what is counted is independent."""
    cells: dict[tuple[Gold, str], list[Audited]] = defaultdict(list)
    for row in rows:
        cells[row.gold, "all"].append(row)
        cells[row.gold, row.family].append(row)
    return [_measured(family, gold, found) for (gold, family), found in cells.items()]


def _measured(family: str, gold: Gold, rows: Sequence[Audited]) -> AuditRow:
    known = [row.false for row in rows if row.false is not None]
    return AuditRow(
        family=family,
        gold=gold,
        labelled=len(rows),
        false_golds=rate(known) if gold == "agreed" else None,
        false_accepts=rate(not row.right for row in rows if row.accepted),
        false_rejects=rate(not row.accepted for row in rows if row.right),
    )
