"""One request at a time or many: looked up, shared with an equal one on its way, or asked and kept."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from orca2.asking.client import ModelClient
from orca2.asking.runner import RequestRunner
from orca2.core.model import Model
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import load
from orca2.models.scripted import Scripted
from tests.server import serve

QUESTION = Request((Message("user", "q"),), 9)


def against(model: Model, asking: Callable[[RequestRunner], Awaitable[object]]) -> ModelClient:
    client = ModelClient(model)

    async def go() -> None:
        runner = RequestRunner(client)
        await runner.open()
        try:
            await asking(runner)
        finally:
            runner.stop()
            await runner.close()

    asyncio.run(go())
    client.ledger.check()
    return client


async def three_at_once(runner: RequestRunner) -> list[Completion]:
    return await asyncio.gather(*(runner.ask(QUESTION) for _ in range(3)))


def test_equal_requests_on_their_way_are_one() -> None:
    with serve(lambda messages: "fine") as (url, received):
        ledger = against(load("m", url), three_at_once).ledger
        assert (ledger.asked, ledger.shared, len(received)) == (1, 2, 1)
        ledger = against(load("m", url), three_at_once).ledger
        assert (ledger.asked, ledger.cached, len(received)) == (0, 3, 1)


def test_of_a_model_whose_answers_are_not_kept_each_is_asked() -> None:
    model = Scripted({}, "fine")
    model.keep = False
    ledger = against(model, three_at_once).ledger
    assert (ledger.asked, ledger.shared, ledger.cached) == (3, 0, 0)


def test_one_that_is_cancelled_is_entered_as_stopped() -> None:
    async def cancel(runner: RequestRunner) -> None:
        task = asyncio.ensure_future(runner.ask(QUESTION))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with serve(lambda messages: "fine") as (url, _):
        assert against(load("m", url), cancel).ledger.stopped == 1
