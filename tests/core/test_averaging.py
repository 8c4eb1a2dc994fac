"""Means over subsets and of ratings: bounds, symmetry, and agreement with the plain mean."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.core.averaging import macro, rating

counts = st.dictionaries(
    st.text(max_size=5), st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1
)


@given(counts)
def test_the_interval_holds_the_mean(found: dict[str, tuple[int, int]]) -> None:
    mean, low, high = macro(found)
    assert 0 <= low <= mean + 1e-12 and mean - 1e-12 <= high <= 1
    assert low < high


@given(st.integers(1, 40), st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_subsets_of_one_size_have_the_plain_mean(size: int, shares: list[float]) -> None:
    found = {str(place): (round(share * size), size) for place, share in enumerate(shares)}
    plain = sum(correct for correct, _ in found.values()) / (size * len(found))
    assert abs(macro(found)[0] - plain) < 1e-9


@given(counts)
def test_right_and_wrong_mirror(found: dict[str, tuple[int, int]]) -> None:
    mean, low, high = macro(found)
    other = macro({name: (items - correct, items) for name, (correct, items) in found.items()})
    assert abs(mean - (1 - other[0])) < 1e-9
    assert abs(low - (1 - other[2])) < 1e-9 and abs(high - (1 - other[1])) < 1e-9


def test_no_item_says_nothing() -> None:
    assert macro({}) == (0.0, 0.0, 1.0)
    assert macro({"a": (0, 0)}) == (0.0, 0.0, 1.0)


@given(st.lists(st.floats(1, 10), min_size=1, max_size=30))
def test_a_rating_stays_on_its_scale(scores: list[float]) -> None:
    mean, low, high = rating(scores)
    assert 1 <= low <= mean + 1e-9 and mean - 1e-9 <= high <= 10


def test_one_score_says_nothing_of_its_spread() -> None:
    assert rating([4]) == (4, 1, 10)
    assert rating([]) == (1, 1, 10)
    assert rating([4, 4, 4]) == (4, 4, 4)
