"""Rows in, results out: each row once, whatever its neighbours do, and as many at work as there may be."""

import asyncio
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.asking.client import ModelClient
from orca2.asking.engine import BLOCK, Ask, run_all
from orca2.core.types import Completion, Message, Request
from orca2.models.scripted import Scripted
from tests.laws import examples


class Unkept(Scripted):
    def __init__(self, default: str = "yes", window: int = 64) -> None:
        super().__init__({"down": "!down"}, default)
        self.keep, self.window = False, window


def question(text: str) -> Request:
    return Request((Message("user", text),), 9)


async def once(row: int, ask: Ask) -> Completion:
    return await ask(question("down" if row % 7 == 3 else f"q{row}"))


@examples(25)
@given(st.integers(0, 3 * BLOCK), st.integers(1, 600), st.booleans())
def test_every_row_ends_once_in_whatever_order(rows: int, window: int, listed: bool) -> None:
    client = ModelClient(Unkept(window=window))
    found = dict(run_all(client, range(rows) if listed else iter(range(rows)), once))
    assert sorted(found) == list(range(rows))
    assert all((found[row].error == "down") == (row % 7 == 3) for row in found)
    client.ledger.check()
    assert client.ledger.requests == rows and client.ledger.failures == sum(row % 7 == 3 for row in range(rows))


def test_no_more_rows_are_at_work_than_the_window_has() -> None:
    at_work = most = 0

    async def work(row: int, ask: Ask) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await asyncio.sleep(random.random() / 1000)
        await ask(question(str(row)))
        at_work -= 1

    assert sum(1 for _ in run_all(ModelClient(Unkept(window=10)), range(200), work)) == 200 and most == 10


def test_rows_are_read_as_they_are_worked_on_and_no_further() -> None:
    read = 0

    def rows() -> Iterator[int]:
        nonlocal read
        while read < 10_000:
            read += 1
            yield read

    asking = run_all(ModelClient(Unkept(window=10)), rows(), once)
    for _ in range(20):
        next(asking)
    assert read <= 20 + 10 + 2 * BLOCK
    asking.close()  # type: ignore[attr-defined]


def test_a_sequence_is_drawn_in_pieces_and_a_gap_at_its_end_is_met_before_the_end() -> None:
    async def late(row: int, ask: Ask) -> bool:
        return row >= 60 * BLOCK

    places = [
        next(place for place, (_, gap) in enumerate(run_all(ModelClient(Unkept()), range(61 * BLOCK), late)) if gap)
        for _ in range(3)
    ]
    assert min(places) < 58 * BLOCK  # chance of a failure: (3/61)^3


def test_what_work_raises_ends_it_and_what_was_begun_is_counted() -> None:
    async def work(row: int, ask: Ask) -> Completion:
        if row == 30:
            raise OSError("the disk is gone")
        await asyncio.sleep(0.01 if row > 30 else 0)
        return await ask(question(str(row)))

    client = ModelClient(Unkept())
    with pytest.raises(OSError, match="the disk is gone"):
        list(run_all(client, iter(range(100)), work))
    client.ledger.check()


def test_a_row_can_ask_another_model_and_each_keeps_its_own_ledger() -> None:
    teacher, judge = ModelClient(Unkept("said")), ModelClient(Unkept("judged"))

    async def work(row: int, ask: Ask) -> list[str]:
        first = await ask(question(str(row)))
        both = await asyncio.gather(*(ask(question(f"{row} {n}"), judge) for n in range(2)))
        return [first.text, *(completion.text for completion in both)]

    assert all(result == ["said", "judged", "judged"] for _, result in run_all(teacher, range(50), work))
    assert (teacher.ledger.requests, judge.ledger.requests) == (50, 100)
    judge.ledger.check()


def test_what_is_kept_is_met_by_another_asker_at_once_and_by_requests_that_come_later() -> None:
    model = Scripted({}, "yes")

    async def twice(row: int, ask: Ask) -> None:
        for _ in range(2):
            await ask(question(str(row)))

    first, second = ModelClient(model), ModelClient(model)
    assert len(list(run_all(first, range(30), twice))) == 30 and (first.ledger.asked, first.ledger.cached) == (30, 30)
    assert len(list(run_all(second, range(30), twice))) == 30 and (second.ledger.asked, second.ledger.cached) == (0, 60)
