"""Pairs before judges: who is preferred, and how far a judge agrees with itself, with others and with people."""

from orca2.core.auditing import AuditRow, rate
from orca2.core.preferring import Pair, Preference, judging
from tests.answers import made

EIGHT: list[tuple[Preference, ...]] = [("ours",)] * 8
OTHERS: list[tuple[Preference, ...]] = [("theirs",), ("tie",), ("split",), ("unread",)]
TWELVE = EIGHT + OTHERS


def pairs(*said: tuple[Preference, ...], against: str = "base", family: str = "notes") -> list[Pair]:
    names = ("judge", "second", "third")
    return [
        Pair(task=f"{family}{n}", family=family, against=against, ours="a", theirs="b",
             judges=dict(zip(names, row, strict=False)))
        for n, row in enumerate(said)
    ]  # fmt: skip


def test_who_is_preferred_by_most_judges() -> None:
    found = pairs(("ours", "ours", "theirs"), ("ours", "tie", "theirs"), ("tie", "tie", "ours"), ("unread",) * 3)
    assert [pair.preferred for pair in found] == ["ours", "split", "tie", "unread"]


def test_each_opponent_has_its_rows_over_all_families_and_in_each() -> None:
    notes = pairs(*TWELVE)
    letters = pairs(("theirs",), ("theirs",), family="letters")
    teacher = pairs(("theirs",), ("tie",), against="teacher")
    answers = {pair.task: made(pair.task, "correct", pair.family) for pair in (*notes, *letters)}
    found = judging([*notes, *letters, *teacher], answers, 0, None)
    rows = {(row.comparison.against, row.comparison.family): row for row in found.rows}
    assert set(rows) == {
        ("base", "all"),
        ("base", "notes"),
        ("base", "letters"),
        ("teacher", "all"),
        ("teacher", "notes"),
    }
    whole = rows["base", "all"]
    assert (whole.comparison.items, whole.comparison.gained, whole.comparison.lost) == (14, 8, 3)
    assert (whole.ties, whole.split, whole.unread) == (1, 1, 1)
    assert whole.comparison.low < whole.comparison.difference == round(100 * 5 / 14, 2) < whole.comparison.high
    assert rows["teacher", "all"].comparison.lost == 1 and found.labels is None


def test_judges_are_held_against_themselves_each_other_and_people() -> None:
    said: list[tuple[Preference, ...]] = [("ours", "ours"), ("split", "ours"), ("theirs", "theirs"), ("tie", "unread")]
    found = pairs(*said)
    answers = {pair.task: made(pair.task, "correct", pair.family) for pair in found}
    audited = AuditRow(
        family="all", gold="judged", labelled=40, false_golds=None, false_accepts=rate([True] * 3 + [False] * 20),
        false_rejects=rate([True, *[False] * 16]),
    )  # fmt: skip
    made_of = judging(found, answers, 0, audited)
    first, second = made_of.reliability
    assert (first.judge, first.both_orders.count, first.both_orders.of) == ("judge", 3, 4)
    assert (first.others["second"].count, first.others["second"].of) == (2, 3)
    assert (second.both_orders.count, second.both_orders.of) == (3, 3)
    assert made_of.labels is not None and (made_of.labels.count, made_of.labels.of) == (36, 40)
