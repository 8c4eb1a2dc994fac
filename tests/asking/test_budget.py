"""The cap: what is held and what is spent never pass it, and a hold that is given back lets another go."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.budget import LEAST_CHARS, Budget
from orca2.endpoints.prices import MILLION, Price
from orca2.errors import ModelError

DOLLAR_A_TOKEN = Price(MILLION, MILLION)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 9), st.integers(0, 9)), max_size=12), st.integers(1, 60))
def test_the_cap_is_never_passed(requests: list[tuple[int, int, int]], cap: int) -> None:
    async def go() -> None:
        budget = Budget(cap=cap)
        for chars, most, used in requests:
            try:
                held = await budget.reserve(DOLLAR_A_TOKEN, chars, most)
            except ModelError:
                return
            assert budget.spent + budget.reserved <= cap
            budget.commit(held, DOLLAR_A_TOKEN, chars // LEAST_CHARS, min(used, most))
            assert budget.spent <= cap and budget.reserved == 0

    asyncio.run(go())


def test_one_that_does_not_fit_waits_for_what_is_on_its_way() -> None:
    async def go() -> list[float]:
        budget = Budget(cap=10)
        first = await budget.reserve(DOLLAR_A_TOKEN, 0, 8)
        second = asyncio.ensure_future(budget.reserve(DOLLAR_A_TOKEN, 0, 5))
        await asyncio.sleep(0)
        assert not second.done()
        cost = budget.commit(first, DOLLAR_A_TOKEN, 0, 2)
        return [cost, await second]

    assert asyncio.run(go()) == [2, 5]


def test_after_the_first_that_does_not_fit_none_goes_though_it_would() -> None:
    async def go() -> None:
        budget = Budget(cap=10, spent=8)
        for tokens in (5, 1):
            with pytest.raises(ModelError, match=r"max_cost = 10: \$8.0000 were spent"):
                await budget.reserve(DOLLAR_A_TOKEN, 0, tokens)

    asyncio.run(go())


def test_without_a_cap_or_a_price_nothing_is_held() -> None:
    assert asyncio.run(Budget().reserve(DOLLAR_A_TOKEN, 10**9, 10**9)) == 0
    assert asyncio.run(Budget(cap=1).reserve(None, 10**9, 10**9)) == 0
    assert Budget(cap=1).commit(0.0, None, 5, 5) == 0
