"""Several models in one loop: a row asks the main one, or another beside it, and each has books of its own."""

import asyncio

from orca2.asking.client import ModelClient
from orca2.asking.runners import Runners
from orca2.core.types import Message, Request
from orca2.models.scripted import Scripted

QUESTION = Request((Message("user", "q"),), 9)


def test_each_model_answers_for_itself() -> None:
    main, judge = Scripted({}, "main"), Scripted({}, "judge")
    judge.name = "judge"
    ours, other = ModelClient(main), ModelClient(judge)

    async def go() -> list[str]:
        runners = Runners(ours)
        await runners.open()
        try:
            found = await asyncio.gather(
                runners.ask(QUESTION), runners.ask(QUESTION, other), runners.ask(QUESTION, ours)
            )
        finally:
            runners.stop()
            await runners.close()
        return [completion.text for completion in found]

    assert asyncio.run(go()) == ["main", "judge", "main"]
    assert (ours.ledger.requests, other.ledger.requests) == (2, 1)
    ours.ledger.check()
    other.ledger.check()
