"""The models that the rows of one event loop ask: the main one, and any other that is asked beside it, a judge say."""

import asyncio
from collections.abc import Awaitable, Callable

from orca2.asking.client import ModelClient
from orca2.asking.runner import RequestRunner
from orca2.core.types import Completion, Request


class Runners:
    """A runner for each model, opened when it is first asked. `as_ours` is what stands here for a client that came from
    another process; `raises` is the main runner's."""

    def __init__(
        self,
        client: ModelClient,
        as_ours: Callable[[ModelClient], ModelClient] = lambda client: client,
        raises: bool = False,
    ) -> None:
        self.client, self.as_ours = client, as_ours
        self.main = RequestRunner(client, raises)
        self.others: dict[ModelClient, tuple[RequestRunner, asyncio.Task[None]]] = {}
        self.part = 0, 1

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self.main.open()

    def ask(self, request: Request, /, other: ModelClient | None = None) -> Awaitable[Completion]:
        """The completion of a request, by the main model or by another."""
        if other is None or other is self.client:
            return self.main.ask(request)
        return self._ask_other(request, other)

    async def _ask_other(self, request: Request, other: ModelClient) -> Completion:
        if other not in self.others:
            runner = RequestRunner(self.as_ours(other))
            self.others[other] = runner, self.loop.create_task(self._open(runner))
        runner, opened = self.others[other]
        await asyncio.shield(opened)
        return await runner.ask(request)

    async def _open(self, runner: RequestRunner) -> None:
        await runner.open()
        runner.share(*self.part)

    def share(self, rank: int, of: int) -> int:
        """Keep to a part of each account's limits; how many requests of the main model may be on the way."""
        self.part = rank, of
        for runner, opened in self.others.values():
            if opened.done():
                runner.share(rank, of)
        return self.main.share(rank, of)

    @property
    def in_flight(self) -> int:
        """Requests that are on the way now, of all models that say so."""
        runners = [self.main, *(runner for runner, _ in self.others.values())]
        return sum(runner.in_flight() for runner in runners if runner.in_flight is not None)

    def stop(self) -> None:
        """Stop what is under way; live models stop with those who wait."""
        for runner in (self.main, *(runner for runner, _ in self.others.values())):
            runner.stop()

    async def close(self) -> None:
        for runner in (self.main, *(runner for runner, _ in self.others.values())):
            await runner.close()
