"""The nouns of a suite: what follows from their fields."""

import pytest

from orca2.apps.suite._types import TrainedOn
from tests.apps.suite.items import benchmark, item, rated, suite


def test_a_rating_is_the_mean_of_the_turns() -> None:
    assert rated("a", 8, 5).rating == 6.5 and rated("b").rating is None


@pytest.mark.parametrize(
    ("named", "repeated", "inside", "said"),
    [
        ((), 0, False, ""),
        (("gsm8k",), 0, True, "trained on gsm8k"),
        ((), 3, True, "3 of 9 items stand in its train split"),
        (("a", "b", "c", "d"), 1, True, "trained on a, b, c; 1 of 9 items stand in its train split"),
    ],
)
def test_what_a_model_was_trained_on_is_said(named: tuple[str, ...], repeated: int, inside: bool, said: str) -> None:
    trained = TrainedOn(named=named, items=9, repeated=repeated)
    assert trained.in_domain is inside and str(trained) == said


def test_graded_benchmarks_are_told_from_rated_ones() -> None:
    made = benchmark([item("a", chance=0.25)])
    assert suite([made]).graded == [made] and suite([made]).rated == [] and made.chance == 0.25
