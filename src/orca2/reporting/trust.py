"""How far golds that no row gives can be trusted, in words: what a figure against them is called, what labelled rows
say of them, and whether that is enough for a headline."""

from collections.abc import Iterable, Mapping

from orca2.core.auditing import AuditRow, Rate
from orca2.core.records import Golds
from orca2.core.types import Gold
from orca2.reporting import formats

MEASURES: Mapping[str, str] = {
    "given": "accuracy",
    "agreed": "agreement with the teacher",
    "checked": "share that passes the check",
    "judged": "share that the judge accepts",
}
MIXED = "share that meets its gold"
_DOES: Mapping[str, str] = {
    "given": "answers {share} of {items} test questions correctly",
    "agreed": "agrees with the teacher on {share} of {items} test questions",
    "checked": "passes the check on {share} of {items} test questions",
    "judged": "has {share} of its answers to {items} test questions accepted by the judge",
}
_DOES_MIXED = "meets the gold of {share} of {items} test questions"


def measure(golds: Iterable[Gold]) -> str:
    """What the share of right answers is called where these are the golds."""
    ways = set(golds)
    return MEASURES[min(ways)] if len(ways) == 1 else MIXED if ways else MEASURES["given"]


def does(golds: Iterable[Gold], share: str, items: str) -> str:
    """What a student with such a share does, as the predicate of a sentence."""
    ways = set(golds)
    said = _DOES[min(ways)] if len(ways) == 1 else _DOES_MIXED
    return said.format(share=share, items=items)


def first_line(found: Golds) -> str:
    """What has to be known of golds that no row gives before any figure; empty where all are given."""
    ways = {way: count for way, count in found.ways.items() if way != "given"}
    if not ways:
        return ""
    counts = " and ".join(f"{formats.count(count)} {way}" for way, count in ways.items())
    of = formats.count(sum(found.ways.values()))
    unknown = [way for way in ways if found.audited(way) is None]
    said = [audited(row) for way in ways if (row := found.audited(way)) is not None]
    if unknown:
        which = "" if len(unknown) == len(ways) else f" of those {' and '.join(unknown)}"
        said.insert(0, f"how many{which} are false is not known: no labelled rows (tasks.audit) measure it")
    return f"Golds: {counts} of {of}; {'; '.join(said)}."


def audited(row: AuditRow) -> str:
    """What labelled rows say of one kind of gold."""
    where = "" if row.family == "all" else f" in {row.family}"
    parts = [] if row.false_golds is None else [f"of golds {_of(row.false_golds)} false"]
    parts.append(f"of answers that are accepted {_of(row.false_accepts)} wrong")
    return f"{row.gold}{where}, by {formats.count(row.labelled)} labelled rows: {', '.join(parts)}"


def refusal(found: Golds, golds: Iterable[Gold]) -> str:
    """Why no headline can rest on these golds; empty where one can, or where nothing says otherwise."""
    for way in sorted(set(golds)):
        row = found.audited(way)
        if row is not None and row.wide:
            return (
                f"No headline: {audited(row)}. Intervals that wide say nothing of the students; label more rows"
                " (tasks.audit)."
            )
    return ""


def _of(rate: Rate) -> str:
    if not rate.of:
        return "not known how many are"
    interval = formats.interval(rate.low, rate.high)
    return f"{formats.percent(rate.count, rate.of)} ({interval}, {rate.count} of {rate.of}) are"
