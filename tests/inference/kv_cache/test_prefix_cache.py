"""Caches of ended prompts: the longest beginning counts, and there are never more tokens than may be."""

from hypothesis import given
from hypothesis import strategies as st

from orca2.inference.kv_cache.prefix_cache import PrefixCache, common_prefix, longest_common_prefix
from tests.laws import examples

IDS = st.lists(st.integers(0, 2), min_size=1, max_size=8)


def plain(one: list[int], other: list[int]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return count


@given(IDS, IDS)
def test_how_far_two_are_alike(one: list[int], other: list[int]) -> None:
    assert common_prefix(one, other) == plain(one, other)


@given(IDS, st.lists(IDS, max_size=5))
def test_which_is_most_like(asked: list[int], others: list[list[int]]) -> None:
    place, length = longest_common_prefix(asked, others)
    assert length == max((plain(asked, other) for other in others), default=0)
    assert not others or plain(asked, others[place]) == length


@examples(60)
@given(st.lists(IDS, max_size=12), IDS)
def test_no_more_tokens_than_may_be_and_the_last_is_there(added: list[list[int]], asked: list[int]) -> None:
    cache = PrefixCache(limit=8)
    for ids in added:
        cache.add(ids, [])
        assert cache.tokens <= 8 and cache.find(ids)[1] == len(ids)
    assert cache.find(asked)[1] <= len(asked)
    cache.clear()
    assert cache.find(asked) == ([], 0) and cache.tokens == 0


def test_a_longer_turn_takes_the_place_of_the_one_before() -> None:
    cache = PrefixCache(limit=100)
    for ids in ([1, 2], [1, 2, 3], [1, 2]):
        cache.add(ids, [])
    assert cache.tokens == 3
