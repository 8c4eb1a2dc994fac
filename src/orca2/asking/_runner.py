"""The answers of one model in one event loop: known ones, those on their way, and new ones, on disk before all else."""

import asyncio
import dataclasses
import functools
import json
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress

from orca2.asking._local_batcher import Feed
from orca2.asking.client import Asker
from orca2.asking.keys import beginning, failed, live, read, request_key, wire
from orca2.core.model import Line, Live
from orca2.core.types import Completion, Request

SPOILED = 2  # replies to one request at most that are paid for and of no use


class Rewritten(Exception):
    """The model writes requests in another form since this one was sent: it is looked up, and asked, anew."""


class Answers:
    def __init__(self, asker: Asker) -> None:
        self.asker, self.model, self.ledger = asker, asker.model, asker.ledger
        self.asked: dict[bytes, asyncio.Future[Completion]] = {}
        self.stack = AsyncExitStack()

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.live = live(self.model)
        self.feed = Feed(self.model)
        self.flying: Callable[[], int] | None = None
        if self.model.keep:
            self.known = self.asker.cache.known(beginning(self.model.name))
        if self.live is not None:
            self.line: Line = await self.stack.enter_async_context(self.live.line())
            self.flying = lambda: self.line.flying

    def stop(self) -> None:
        """Stop a model of this machine where it is; a live one stops with those who wait."""
        self.feed.close()

    async def close(self) -> None:
        self.ledger.answered_by |= getattr(self.model, "answered_by", set())
        await self.stack.aclose()
        if self.model.keep:
            self.asker.cache.flush()

    async def ask(self, request: Request) -> Completion:
        """The completion of a request, entered into the ledger however it ends."""
        self.ledger.requests += 1
        completion = None
        try:
            while completion is None:
                with suppress(Rewritten):
                    completion = await (self._known(request) if self.model.keep else self._new(request))
        except BaseException:
            self.ledger.stopped += 1
            raise
        self.ledger.enter(completion)
        return completion

    async def _new(self, request: Request) -> Completion:
        """An answer that is not kept."""
        if self.live is None:
            return await self._fed(request, wire(None, request))
        return await self._over_the_line(self.live, request, self.live.wire(request), None)

    async def _known(self, request: Request) -> Completion:
        """An answer from the cache, of an equal request on its way, or a new one."""
        body = wire(self.live, request)
        key = request_key(self.model.name, request, body)
        if (equal := self.asked.get(key)) is not None:
            completion = await asyncio.shield(equal)
            self.ledger.shared += 1
            return completion
        if (raw := self.known.get(key)) is not None and (kept := read(self.live, raw, body)) is not None:
            self.ledger.cached += 1
            return kept
        self.asked[key] = answer = self.loop.create_future()
        try:
            if self.known.shared:
                completion = await self._claimed(request, body, key)
            else:
                completion = await self._asked(request, body, key)
        except BaseException as error:
            answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            answer.exception()  # nobody else may wait for it
            raise
        finally:
            del self.asked[key]
        answer.set_result(completion)
        return completion

    async def _claimed(self, request: Request, body: bytes, key: bytes) -> Completion:
        """An answer that another process has asked for meanwhile, or our own, which none asks for beside us."""
        raw = await self.known.claim(key)
        try:
            if raw is not None and (kept := read(self.live, raw, body)) is not None:
                self.ledger.cached += 1
                return kept
            return await self._asked(request, body, key)
        finally:
            self.known.drop(key)

    async def _asked(self, request: Request, body: bytes, key: bytes) -> Completion:
        if self.live is not None:
            return await self._over_the_line(self.live, request, body, key)
        completion = await self._fed(request, body)
        if not failed(completion):
            await self._store(key, body, json.dumps(dataclasses.asdict(completion)).encode())
        return completion

    async def _fed(self, request: Request, body: bytes) -> Completion:
        """An answer of a model that takes lists, held against the cap like any other."""
        held = await self.asker.purse.hold(self.asker.price, len(body), request.max_tokens)
        self.ledger.asked += 1
        used = 0, 0
        try:
            completion = await self.feed.ask(request)
            used = completion.tokens_in, completion.tokens_out
        finally:
            self._settle(held, *used)
        return completion

    async def _over_the_line(self, live: Live, request: Request, body: bytes, key: bytes | None) -> Completion:
        """Ask for an answer, and once more where what was paid for is of no use, if there may be a second attempt."""
        keep = functools.partial(self._keep, key, body) if key is not None else None
        attempts = min(SPOILED, 1 + live.retries)
        for attempt in range(attempts):
            held = await self.asker.purse.hold(self.asker.price, len(body), request.max_tokens)
            self.ledger.asked += attempt == 0
            used = 0, 0
            try:
                reply = await self.line.send(request, body, keep)
                used = reply.completion.tokens_in, reply.completion.tokens_out
            finally:
                self._settle(held, *used)
            self.ledger.retried += reply.retried + (attempt > 0)
            if reply.rewritten:
                self.ledger.asked -= 1
                raise Rewritten
            if not reply.spoiled:
                break
        return reply.completion

    async def _store(self, key: bytes, body: bytes, raw: bytes) -> None:
        self.feed.storing += 1
        try:
            await self._keep(key, body, raw)
        finally:
            self.feed.storing -= 1

    async def _keep(self, key: bytes, body: bytes, raw: bytes) -> None:
        await self.asker.cache.put(key, self.model.name, body, raw)
        self.known.add(key)

    def _settle(self, held: float, tokens_in: int, tokens_out: int) -> None:
        self.ledger.tokens_in += tokens_in
        self.ledger.tokens_out += tokens_out
        self.ledger.cost += self.asker.purse.settle(held, self.asker.price, tokens_in, tokens_out)
