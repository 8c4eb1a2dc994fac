"""What is said of golds that no row gives: before the first figure, in its name, and in the place of a headline."""

from orca2.core.auditing import AuditRow, rate
from orca2.core.golds import GoldCounts
from orca2.core.records import Golds
from orca2.core.types import Gold
from orca2.reporting import trust


def golds(*audit: AuditRow, **ways: int) -> Golds:
    known: dict[Gold, int] = {"given": ways.get("given", 0), "agreed": ways.get("agreed", 0)}
    known["judged"] = ways.get("judged", 0)
    return Golds(families={"sums": GoldCounts(ways={way: n for way, n in known.items() if n})}, audit=audit)


def audited(rows: int, wrong: int, gold: Gold = "agreed") -> AuditRow:
    flags = [True] * wrong + [False] * (rows - wrong)
    false = rate(flags) if gold == "agreed" else None
    return AuditRow(
        family="all", gold=gold, labelled=rows, false_golds=false, false_accepts=rate(flags), false_rejects=rate([])
    )


def test_given_golds_need_no_word() -> None:
    assert trust.first_line(golds(given=40)) == "" and trust.measure(["given"]) == "accuracy"
    assert trust.refusal(golds(given=40), {"given"}) == ""
    assert trust.does(["given"], "40.0%", "20") == "answers 40.0% of 20 test questions correctly"


def test_without_labels_it_is_said_that_nothing_is_known() -> None:
    said = trust.first_line(golds(given=10, agreed=30))
    assert said.startswith("Golds: 30 agreed of 40; how many are false is not known: no labelled rows (tasks.audit)")
    assert trust.refusal(golds(agreed=30), {"agreed"}) == ""


def test_with_labels_the_rates_stand_there_with_their_intervals() -> None:
    said = trust.first_line(golds(audited(100, 4), agreed=30, judged=5))
    assert "how many of those judged are false is not known" in said
    assert "agreed, by 100 labelled rows: of golds 4.0% (1–10%, 4 of 100) are false" in said
    assert "of answers that are accepted 4.0% (1–10%, 4 of 100) are wrong" in said


def test_intervals_that_are_too_wide_leave_no_headline() -> None:
    wide, narrow = golds(audited(12, 3), agreed=30), golds(audited(200, 8), agreed=30)
    assert trust.refusal(wide, {"agreed"}).startswith("No headline: agreed, by 12 labelled rows: of golds 25.0%")
    assert trust.refusal(wide, {"given"}) == "" == trust.refusal(narrow, {"agreed"})


def test_against_agreed_golds_nothing_is_called_accuracy() -> None:
    assert (
        trust.measure(["agreed"]) == "agreement with the teacher" and trust.measure(["judged", "agreed"]) == trust.MIXED
    )
    others: list[list[Gold]] = [["agreed"], ["checked"], ["judged"], ["given", "agreed"]]
    for ways in others:
        assert "accura" not in trust.measure(ways) and "correct" not in trust.does(ways, "40%", "20")
