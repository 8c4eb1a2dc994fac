"""A profile as pages show it: strategies in order, cells that were dropped or never tried, and what to beware of."""

from orca2.core.types import Choice, Profile, TrialSummary
from orca2.reporting.profiles import cells, families, remarks, strategies


def cell(trials: int, correct: int) -> TrialSummary:
    return TrialSummary(trials=trials, correct=correct, tokens=5.0, low=0.0, high=1.0)


PROFILE = Profile(
    families={
        "sums": Choice("direct", "", {"direct": cell(60, 40), "explain": cell(24, 3)}, status="decided"),
        "words": Choice("direct", "", {"direct": cell(12, 0), "other": cell(0, 0)}, status="failed"),
    },
    subject="student",
    seed=7,
)


def test_named_strategies_come_first_and_all_are_there() -> None:
    assert strategies(PROFILE, ["explain", "never"]) == ["explain", "direct", "other"]
    assert strategies(PROFILE) == sorted(strategies(PROFILE))


def test_a_cell_says_what_is_unusual_about_it() -> None:
    sums, words = families(PROFILE)
    by_name = {view.strategy: view for view in sums.cells}
    assert by_name["explain"].note == "dropped after 24 trials" and by_name["direct"].note == ""
    assert not by_name["other"].tried and by_name["other"].note == "not tried"
    assert by_name["direct"].level == 40 and sums.few is None and words.few == 12


def test_cells_with_trials_alone_count() -> None:
    assert [one.trials for one in cells(PROFILE)] == [60, 24, 12]


def test_what_a_reader_should_be_careful_of() -> None:
    said = list(remarks(PROFILE))
    assert said[0].startswith("Every strategy fails in 1 family (words)")
    assert any("dropped early in 1 family (sums)" in remark for remark in said)
    assert said[-1].endswith("as few as 12 per family and strategy.")
