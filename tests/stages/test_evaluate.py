"""What answers come to: results of every cell, totals, and comparisons with the cautious student."""

from orca2.core.records import Agreement
from orca2.core.types import Outcome
from orca2.stages.evaluate import summarise
from tests.answers import made

OUTCOMES: tuple[Outcome, ...] = ("correct", "wrong", "truncated", "correct")


def test_rows_add_up_to_totals_and_all_are_compared_with_the_cautious() -> None:
    answers = [
        made(f"{family}-{n}", OUTCOMES[(n + len(student)) % 4], family, student=student, system=system)
        for student in ("base", "explained", "cautious") for system in ("none", "default")
        for family in ("sums", "words") for n in range(12)
    ]  # fmt: skip
    nothing = Agreement(families={}, rows=(), totals=())
    found = summarise(answers, 7, {"zero_shot": True}, nothing)
    assert (found.seed, found.settings, found.agreement) == (7, {"zero_shot": True}, nothing)
    assert len(found.rows) == 12 and len(found.totals) == 6
    for total in found.totals:
        cell = [row for row in found.rows if (row.student, row.system) == (total.student, total.system)]
        assert total.items == sum(row.items for row in cell) == 24
        assert total.correct == sum(row.correct for row in cell)
        assert total.truncated == sum(row.truncated for row in cell)
    assert {(row.against, row.system) for row in found.comparisons} == {
        (against, system) for against in ("base", "explained") for system in ("none", "default")
    }
    assert {row.family for row in found.comparisons} == {"sums", "words", "all"}
