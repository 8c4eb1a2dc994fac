"""Dollars among processes: together never more than there are, and what somebody waits for comes if it is there."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from orca2.endpoints.prices import Price
from orca2.scale.allowance import Allowance, divided

DOLLARS = st.floats(0, 100, allow_nan=False)


@given(DOLLARS, st.lists(DOLLARS, min_size=1, max_size=9))
def test_no_more_is_given_than_is_free_and_somebody_who_waits_is_served(free: float, wanted: list[float]) -> None:
    given_out = divided(free, wanted)
    assert len(given_out) == len(wanted) and sum(given_out) <= free * (1 + 1e-9)
    waiting = [want for want in wanted if want]
    if waiting and free >= min(waiting):
        assert any(got >= want for got, want in zip(given_out, wanted, strict=True) if want)


def test_a_request_waits_until_it_is_allowed() -> None:
    async def go() -> None:
        allowance, price = Allowance(capped=True), Price(1e6, 1e6)
        waiting = asyncio.create_task(allowance.reserve(price, 30, 5))
        await asyncio.sleep(0)
        assert allowance.hold() == (0.0, 0.0, price.of(10, 5))
        allowance.allow(price.of(10, 5))
        assert await waiting == price.of(10, 5)
        allowance.commit(price.of(10, 5), price, 1, 1)
        assert allowance.hold()[:2] == (price.of(1, 1), 0.0)

    asyncio.run(go())


def test_without_a_cap_nothing_waits() -> None:
    assert asyncio.run(Allowance(capped=False).reserve(Price(1e6, 1e6), 30, 5)) == 0.0
