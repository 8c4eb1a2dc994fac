"""From graded answers to figures: counts add up, subsets weigh the same, differences are on shared items."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.apps.suite._results import accuracy, compared, ratings
from tests.apps.suite.items import item, rated

OUTCOMES = st.sampled_from(["correct", "wrong", "ambiguous", "unextracted", "truncated", "failed"])


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), OUTCOMES), min_size=1, max_size=30))
def test_counts_add_up_and_the_accuracy_is_the_mean_over_subsets(rows: list[tuple[str, str]]) -> None:
    answers = [item(f"t{n}", subset=subset, outcome=outcome) for n, (subset, outcome) in enumerate(rows)]
    made = accuracy(answers)
    assert made.items == len(rows) and made.correct == sum(outcome == "correct" for _, outcome in rows)
    assert 0 <= made.accuracy_low <= made.accuracy <= made.accuracy_high <= 1
    rates = [
        sum(outcome == "correct" for _, outcome in some) / len(some)
        for name in ("x", "y") if (some := [row for row in rows if row[0] == name])
    ]  # fmt: skip
    assert abs(made.accuracy - sum(rates) / len(rates)) < 1e-9
    assert len(made.subsets) == (2 if len(rates) == 2 else 0)


def test_ratings_leave_out_what_was_not_rated_and_count_it() -> None:
    answers = [rated("a", 8), rated("b", 4), rated("c"), rated("d", outcome="truncated"), rated("e", 6, made_up=True)]
    made = ratings(answers)
    assert (made.items, made.rated, made.rating, made.truncated) == (5, 3, 6.0, 1)
    assert (made.held, made.made_up) == (1, 1) and made.low <= 6.0 <= made.high


def test_only_items_of_both_are_compared() -> None:
    ours = [item("a"), item("b"), item("c")]
    theirs = [item("b", outcome="wrong"), item("c"), item("d")]
    total = compared(ours, theirs)[0]
    assert (total.items, total.gained, total.lost) == (2, 1, 0)
    assert compared(ours, [item("z")]) == []
