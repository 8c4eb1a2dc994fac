"""A row replayed with known answers comes to its end, or says what it waits for; nothing is asked."""

import asyncio
from pathlib import Path

import pytest

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.asking.ledger import Ledger
from orca2.asking.replaying import Replay, Unanswered
from orca2.core.types import Completion, Message, Request
from orca2.models.openai import load
from orca2.models.scripted import load as load_scripted
from tests.server import serve


def question(text: str) -> Request:
    return Request((Message("user", text),), 9)


async def both(_: str, ask: Ask) -> list[Completion]:
    """Two questions at once, and one after."""
    first = await asyncio.gather(ask(question("one")), ask(question("two")))
    return [*first, await ask(question("three"))]


@pytest.fixture
def asked(tmp_path: Path) -> ModelClient:
    """A model whose answers to all that `both` asks are kept; its endpoint is gone."""
    with serve(lambda messages: f"So: {messages[-1]['content']}") as (url, _):
        client = ModelClient(load("m", url), Cache(tmp_path / "answers.sqlite"))
        dict(run_all(client, ["row"], both))
    return client


def test_a_row_whose_answers_are_kept_comes_to_its_end(asked: ModelClient) -> None:
    replay, ledger = Replay(asked), Ledger()
    found = asyncio.run(both("row", replay.ask))
    assert [completion.text for completion in found] == ["So: one", "So: two", "So: three"]
    assert len(replay.known) == 3 and not replay.owed
    replay.enter(ledger)
    ledger.check()
    assert (ledger.requests, ledger.cached, ledger.accepted, ledger.asked) == (3, 3, 3, 0)


def test_what_has_no_answer_is_owed_and_what_has_one_is_handed_on(asked: ModelClient) -> None:
    async def work(ask: Ask) -> None:
        await ask(question("one"))
        await asyncio.gather(ask(question("four")), ask(question("five")), return_exceptions=True)
        await ask(question("four"))

    replay = Replay(asked)
    with pytest.raises(Unanswered) as missing:
        asyncio.run(work(replay.ask))
    assert replay.owed == {asked.look_up(question(text)).key for text in ("four", "five")}
    assert missing.value.key == asked.look_up(question("four")).key
    assert list(replay.known) == [asked.look_up(question("one")).key]


def test_a_model_of_this_machine_is_asked_where_that_can_be(asked: ModelClient) -> None:
    here = ModelClient(load_scripted())
    seen = list[Request]()

    async def local(request: Request, other: ModelClient | None = None) -> Completion:
        assert other is here
        seen.append(request)
        return Completion("said", "stop")

    assert asyncio.run(Replay(asked, local=local).ask(question("four"), here)).text == "said"
    assert seen == [question("four")]
    with pytest.raises(Unanswered):
        asyncio.run(Replay(asked).ask(question("four"), here))
