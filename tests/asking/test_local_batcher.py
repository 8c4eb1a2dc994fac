"""What waits for a model that takes lists goes in as one, and a failure reaches those who wait."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from orca2.asking._local_batcher import LocalBatcher
from orca2.core.types import Completion, Message, Request
from orca2.models.scripted import Scripted


class Listing(Scripted):
    """Notes how many requests each list has; leaves out those whose prompt is "lost"."""

    def __init__(self) -> None:
        super().__init__({}, "fine")
        self.lists: list[int] = []

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        self.lists.append(len(requests))
        async for index, completion in super().generate(requests):
            if requests[index].messages[-1].content == "broken":
                raise ValueError("the model is broken")
            if requests[index].messages[-1].content != "lost":
                yield index, completion


def request(prompt: str) -> Request:
    return Request((Message("user", prompt),), 9)


def test_what_waits_goes_in_as_one_list() -> None:
    model = Listing()

    async def go() -> list[Completion]:
        batcher = LocalBatcher(model)
        first = await asyncio.gather(*(batcher.ask(request(f"q{n}")) for n in range(5)))
        second = await asyncio.gather(*(batcher.ask(request(f"q{n}")) for n in range(3)))
        assert batcher.in_flight == 0
        batcher.close()
        return [*first, *second]

    assert [completion.text for completion in asyncio.run(go())] == ["fine"] * 8 and model.lists == [5, 3]


@pytest.mark.parametrize(("prompt", "why"), [("lost", "left a request without an answer"), ("broken", "is broken")])
def test_a_request_without_an_answer_is_an_error_of_its_own(prompt: str, why: str) -> None:
    async def go() -> list[Completion | BaseException]:
        batcher = LocalBatcher(Listing())
        return await asyncio.gather(*(batcher.ask(request(text)) for text in ("q", prompt)), return_exceptions=True)

    answered, failed = asyncio.run(go())
    assert isinstance(answered, Completion) and answered.text == "fine"
    assert why in str(failed)
