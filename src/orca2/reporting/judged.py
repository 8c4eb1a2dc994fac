"""Open answers in pairs, and how far their judges can be trusted, in words."""

from collections.abc import Iterator

from orca2.core.auditing import Rate
from orca2.core.comparing import power
from orca2.core.preferring import Judging, Preferred, Reliability
from orca2.reporting import formats


def lines(found: Judging | None) -> Iterator[str]:
    """What pairs say over all families, and of each judge."""
    if found is None:
        return
    for row in found.rows:
        if row.comparison.family == "all":
            yield f"in pairs, cautious against {row.comparison.against}: {preferred(row)}"
    yield from map(reliability, found.reliability)
    yield labels(found)


def labels(found: Judging) -> str:
    """How far the judges together say what people say."""
    if found.labels is None:
        return "the judges are not held against what people say: no labelled rows (tasks.audit) of judged tasks"
    return f"the judges say what people say in {_share(found.labels)}"


def preferred(row: Preferred) -> str:
    """One row: who is preferred how often, the difference with its interval, and what it could not have shown."""
    found = row.comparison
    said = (
        f"preferred {found.gained} times, the other {found.lost}, tied {row.ties}, undecided {row.split},"
        f" unread {row.unread} of {found.items}: {formats.points(found.difference)} points"
        f" ({formats.point_range(found.low, found.high)}), p {formats.p_value(found.p)}"
    )
    return f"{said}; {weak}" if (weak := power(found)) else said


def reliability(row: Reliability) -> str:
    """How far one judge can be trusted."""
    parts = [f"the same in both orders in {_share(row.both_orders)}"]
    parts += [f"as {other} in {_share(rate)}" for other, rate in row.others.items()]
    return f"judge {row.judge}: {', '.join(parts)}"


def _share(rate: Rate) -> str:
    if not rate.of:
        return "none that could be read"
    interval = formats.interval(rate.low, rate.high)
    return f"{formats.percent(rate.count, rate.of)} ({interval}, {rate.count} of {rate.of})"
