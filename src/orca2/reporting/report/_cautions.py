"""What a reader should be careful about, said by the numbers themselves."""

from collections.abc import Iterator

from orca2.core.comparing import power
from orca2.core.ngrams import CONTAMINATED
from orca2.reporting import formats, profiles, trust
from orca2.reporting.report import _agreement, _unread
from orca2.reporting.report._artifacts import Artifacts

CUT_OFF = 0.05  # share of answers at the token limit

NOT_LIVE = {
    "recorded": "The teacher is recorded: its answers were in the data already; no live model was asked.",
    "solver": "The teacher is a solver: a program wrote the demonstrations, right by construction.",
    "scripted": "The teacher is scripted: a fake model for tests. It says nothing of a real teacher.",
}


def cautions(found: Artifacts) -> list[str]:
    """One remark each, the weightiest first."""
    return [
        *_golds(found),
        *_overlap(found),
        *_power(found),
        *_families(found),
        *_unread.remarks(found),
        *_agreement.remarks(found),
        *profiles.remarks(found.profile),
        *_teacher(found),
        *_always(found),
    ]


def _golds(found: Artifacts) -> Iterator[str]:
    """What labelled rows say of the golds of each family, of which the first line of the report gives the sum."""
    if rows := [row for row in found.gold.audit if row.family != "all"]:
        yield f"Golds by family: {'; '.join(map(trust.audited, rows))}."
    aside = {family: row.set_aside for family, row in found.gold.families.items() if row.set_aside}
    if aside:
        each = ", ".join(f"{formats.count(count)} of {family}" for family, count in aside.items())
        yield f"Tasks on whose gold too few answers agreed were set aside: {each}. What is left may be easier."


def _overlap(found: Artifacts) -> Iterator[str]:
    if repeated := found.tasks.overlap["train/test"]:
        yield (
            f"{repeated} test tasks share {CONTAMINATED:.0%} or more of their n-grams with the train split, and so"
            f" may have been seen almost whole. Look at them: orca2 overlap {found.folder}"
        )


def _power(found: Artifacts) -> Iterator[str]:
    test = found.comparison("base")
    if weak := power(test):
        yield f"Cautious against base is {weak}."
    if test.p >= 0.05:
        yield (
            f"Cautious against base is not decided: {test.gained} questions gained, {test.lost} lost,"
            f" a difference of {formats.point_range(test.low, test.high)} points, p {formats.p_value(test.p)}."
        )
    totals = [found.total(student, "default") for student in found.students]
    if any(total.truncated > CUT_OFF * total.items for total in totals):
        shares = [f"{t.student} {formats.percent(t.truncated, t.items)}" for t in totals]
        yield f"Answers cut off at the token limit count as not correct: {', '.join(shares)}."


def _families(found: Artifacts) -> Iterator[str]:
    for against in found.students:
        if against == "cautious":
            continue
        tests = [found.comparison(against, family) for family in found.profile.families]
        worse = [f"{t.family}: {formats.points(t.difference)} points, p {formats.p_value(t.p_holm)}"
                 for t in tests if t.difference < 0]  # fmt: skip
        level = [t.family for t in tests if t.difference == 0]
        if worse:
            yield f"Cautious is worse than {against} in {formats.families_named(worse)}."
        if level:
            yield f"Cautious is no better than {against} in {formats.families_named(level)}."


def _teacher(found: Artifacts) -> Iterator[str]:
    teacher = found.record["recipe"]["teacher"]
    name = teacher.get("source") or teacher.get("model")
    if name in NOT_LIVE:
        yield NOT_LIVE[name]


def _always(found: Artifacts) -> Iterator[str]:
    yield (
        "This is one run with one seed. The intervals and p-values speak of the test questions drawn,"
        " not of how much another training run would differ."
    )
