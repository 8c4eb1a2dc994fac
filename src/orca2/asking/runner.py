"""The answers of one model in one event loop: known ones, those on their way, and new ones, on disk before all else."""

import asyncio
import functools
import json
from collections.abc import Callable
from contextlib import AsyncExitStack, nullcontext, suppress

from orca2.asking._local_batcher import LocalBatcher
from orca2.asking.client import ModelClient
from orca2.asking.keys import as_http_model, is_failed, key_prefix, parse_cached, request_key, serialize
from orca2.core.model import Connection, HttpModel
from orca2.core.types import Completion, Request
from orca2.files import as_mapping

NOTHING = Completion("", "error")  # of a request that was stopped: nothing is paid for it
SPOILED = 2  # replies to one request at most that are paid for and of no use


class Rewritten(Exception):
    """The model writes requests in another form since this one was sent: it is looked up, and asked, anew."""


class RequestRunner:
    """Runs requests of one model: each is looked up, shared with an equal one on its way, or asked and then kept.

    With `raises` a request that has to be written anew ends in Rewritten, for somebody who looks it up elsewhere.
    """

    def __init__(self, client: ModelClient, raises: bool = False) -> None:
        self.client, self.model, self.ledger = client, client.model, client.ledger
        self.raises, self.slots = raises, 0
        self.in_flight: Callable[[], int] | None = None
        self.in_progress: dict[bytes, asyncio.Future[Completion]] = {}
        self.stack = AsyncExitStack()

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.http_model = as_http_model(self.model)
        self.batcher = LocalBatcher(self.model)
        if self.model.keep:
            self.key_filter = self.client.cache.key_filter(key_prefix(self.model.name))
        if self.http_model is not None:
            self.connection: Connection = await self.stack.enter_async_context(self.http_model.connect())
            self.in_flight = lambda: self.connection.in_flight

    def share(self, rank: int, of: int) -> int:
        """Keep to a part of the account's limits; how many requests may be on the way then, 0 for no live model."""
        self.slots = self.connection.share(rank, of) if self.http_model is not None else 0
        return self.slots

    @property
    def is_within_share(self) -> bool:
        """Whether no more is on the way than the part allows: what was sent before it was made smaller has ended."""
        return self.in_flight is None or self.in_flight() <= self.slots

    def stop(self) -> None:
        """Stop a model of this machine where it is; a live one stops with those who wait."""
        self.batcher.close()

    async def close(self) -> None:
        self.ledger.answered_by |= getattr(self.model, "answered_by", set())
        await self.stack.aclose()
        if self.model.keep:
            self.client.cache.flush()

    async def ask(self, request: Request) -> Completion:
        """The completion of a request, entered into the ledger however it ends."""
        self.ledger.requests += 1
        completion = None
        try:
            asking = self._shared_or_asked if self.model.keep else self._ask_unkept
            while completion is None:
                with nullcontext() if self.raises else suppress(Rewritten):
                    completion = await asking(request)
        except BaseException:
            self.ledger.stopped += 1
            raise
        self.ledger.enter(completion)
        return completion

    async def _ask_unkept(self, request: Request) -> Completion:
        """An answer that is not kept."""
        if self.http_model is None:
            return await self._ask_local(request, serialize(None, request))
        return await self._send(self.http_model, request, self.http_model.serialize(request), None)

    async def _shared_or_asked(self, request: Request) -> Completion:
        """An answer from the cache, of an equal request on its way, or a new one."""
        body = serialize(self.http_model, request)
        key = request_key(self.model.name, request, body)
        if (equal := self.in_progress.get(key)) is not None:
            completion = await asyncio.shield(equal)
            self.ledger.shared += 1
            return completion
        raw = self.key_filter.get(key)
        if raw is not None and (kept := parse_cached(self.http_model, raw, body)) is not None:
            self.ledger.cached += 1
            return kept
        self.in_progress[key] = answer = self.loop.create_future()
        try:
            if self.key_filter.shared:
                completion = await self._ask_locked(request, body, key)
            else:
                completion = await self._ask_model(request, body, key)
        except BaseException as error:
            answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            answer.exception()  # nobody else may wait for it
            raise
        finally:
            del self.in_progress[key]
        answer.set_result(completion)
        return completion

    async def _ask_locked(self, request: Request, body: bytes, key: bytes) -> Completion:
        """An answer that another process has asked for meanwhile, or our own, which none asks for beside us."""
        raw = await self.key_filter.acquire(key)
        try:
            if raw is not None and (kept := parse_cached(self.http_model, raw, body)) is not None:
                self.ledger.cached += 1
                return kept
            return await self._ask_model(request, body, key)
        finally:
            self.key_filter.release(key)

    async def _ask_model(self, request: Request, body: bytes, key: bytes) -> Completion:
        if self.http_model is not None:
            return await self._send(self.http_model, request, body, key)
        completion = await self._ask_local(request, body)
        if not is_failed(completion):
            await self._store(key, body, json.dumps(as_mapping(completion)).encode())
        return completion

    async def _ask_local(self, request: Request, body: bytes) -> Completion:
        """An answer of a model that takes lists, held against the cap like any other."""
        reserved = await self.client.budget.reserve(self.client.price, len(body), request.max_tokens)
        self.ledger.asked += 1
        completion = NOTHING
        try:
            completion = await self.batcher.ask(request)
        finally:
            self._commit(reserved, completion)
        return completion

    async def _send(self, http_model: HttpModel, request: Request, body: bytes, key: bytes | None) -> Completion:
        """Ask for an answer, and once more where what was paid for is of no use, if there may be a second attempt."""
        on_response = functools.partial(self._save, key, body) if key is not None else None
        attempts = min(SPOILED, 1 + http_model.retries)
        for attempt in range(attempts):
            reserved = await self.client.budget.reserve(self.client.price, len(body), request.max_tokens)
            self.ledger.asked += attempt == 0
            completion = NOTHING
            try:
                reply = await self.connection.send(request, body, on_response)
                completion = reply.completion
            finally:
                self._commit(reserved, completion)
            self.ledger.retried += reply.retried + (attempt > 0)
            if reply.rewritten:
                self.ledger.asked -= 1
                raise Rewritten
            if not reply.spoiled:
                break
        return reply.completion

    async def _store(self, key: bytes, body: bytes, raw: bytes) -> None:
        self.batcher.storing += 1
        try:
            await self._save(key, body, raw)
        finally:
            self.batcher.storing -= 1

    async def _save(self, key: bytes, body: bytes, raw: bytes) -> None:
        await self.client.cache.put(key, self.model.name, body, raw)
        self.key_filter.add(key)

    def _commit(self, reserved: float, completion: Completion) -> None:
        tokens_in, tokens_out = completion.tokens_in, completion.tokens_out
        self.ledger.tokens_in += tokens_in
        self.ledger.tokens_out += tokens_out
        self.ledger.tokens_thought += completion.reasoning_tokens
        self.ledger.cost += self.client.budget.commit(reserved, self.client.price, tokens_in, tokens_out)
