"""Rows stream in, each is worked on by its own coroutine, results stream out; a bounded window of rows is at work.

A row asks as often as it needs to, and no row waits for another: a second call or a retry goes in among the first calls
of others. Each answer is on disk before anything reads it, and equal requests are asked once.
"""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from orca2.asking._feed import Feed
from orca2.asking._showing import Showing
from orca2.asking.cache import Cache
from orca2.asking.ledger import Ledger
from orca2.asking.money import Purse
from orca2.core.nouns import Completion, Request
from orca2.models._prices import Price
from orca2.models._protocol import Line, Live, Model

UNREADABLE = 3  # attempts at an answer that comes but cannot be read
WINDOW = 4096  # rows at work at once for a model that says nothing of it

Row = TypeVar("Row")
Result = TypeVar("Result")
Ask = Callable[[Request], Awaitable[Completion]]
Work = Callable[[Row, Ask], Awaitable[Result]]

_completion = TypeAdapter(Completion)
_UNREAD = Completion("", "error", error="stopped")


class Asker:
    """A model with what asking it needs: where answers are kept, what may be spent, and the ledger they go into."""

    def __init__(
        self, model: Model, cache: Cache | None = None, ledger: Ledger | None = None, purse: Purse | None = None
    ) -> None:
        self.model, self.ledger = model, ledger or Ledger()
        self.purse = purse or Purse()
        self.window: int = getattr(model, "window", WINDOW)
        self.price: Price | None = getattr(model, "price", None)
        self._cache = cache

    @property
    def cache(self) -> Cache:
        """The user's own if none was given; opened by the first answer that is worth keeping."""
        if self._cache is None:
            self._cache = Cache()
        return self._cache


def each(
    asker: Asker, rows: Iterable[Row], work: Work[Row, Result], label: str = "", total: int = 0
) -> Iterator[tuple[Row, Result]]:
    """Yield (row, what `work(row, ask)` returns) as rows end, in any order.

    `ask` gives the completion of a request; a failed call is a completion with an error. At most `asker.window` rows
    are at work; `rows` is read as they end. What `work` raises ends all of it: what the model does wrong never does.
    """
    with asyncio.Runner() as runner, Showing(label, total, asker) as showing:
        session = Session(asker, iter(rows), work, showing)
        try:
            runner.run(session.open())
            while ended := runner.run(session.some()):
                yield from ended
        finally:
            runner.run(session.close())


class Session(Generic[Row, Result]):
    """The rows of one `each`, in one event loop."""

    def __init__(self, asker: Asker, rows: Iterator[Row], work: Work[Row, Result], showing: Showing) -> None:
        self.asker, self.rows, self.work, self.showing = asker, rows, work, showing
        self.model, self.ledger = asker.model, asker.ledger
        self.tasks: set[asyncio.Task[None]] = set()
        self.ended: list[tuple[Row, Result]] = []
        self.failure: BaseException | None = None
        self.asked: dict[bytes, asyncio.Future[Completion]] = {}
        self.stack = AsyncExitStack()
        self.more = True

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.wake: asyncio.Future[None] = self.loop.create_future()
        self.live = self.model if isinstance(self.model, Live) else None
        self.feed = Feed(self.model)
        if self.live is not None:
            self.line: Line = await self.stack.enter_async_context(self.live.line())
            self.showing.flying = lambda: self.line.flying

    async def some(self) -> list[tuple[Row, Result]]:
        """The rows that have ended since, at least one; none when all have."""
        self._fill()
        while not self.ended and self.tasks and self.failure is None:
            self.wake = self.loop.create_future()
            await self.wake
        if self.failure is not None:
            raise self.failure
        ended, self.ended = self.ended, []
        return ended

    async def close(self) -> None:
        self.more = False
        self.feed.close()
        self.ledger.answered_by |= getattr(self.model, "answered_by", set())
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.stack.aclose()

    def _fill(self) -> None:
        while self.more and len(self.tasks) + len(self.ended) < self.asker.window:
            try:
                row = next(self.rows)
            except StopIteration:
                self.more = False
                return
            self.tasks.add(self.loop.create_task(self._one(row)))

    async def _one(self, row: Row) -> None:
        try:
            result = await self.work(row, self.ask)
            self.ended.append((row, result))
            self.showing.advance()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.failure = self.failure or error
        finally:
            self.tasks.discard(asyncio.current_task())  # type: ignore[arg-type]
            if not self.wake.done():
                self.wake.set_result(None)
            if self.failure is None:
                self._fill()

    async def ask(self, request: Request) -> Completion:
        """The completion of a request, entered into the ledger however it ends."""
        self.ledger.requests += 1
        try:
            completion = await (self._known(request) if self.model.keep else self._new(request))
        except BaseException:
            self.ledger.stopped += 1
            raise
        self.ledger.enter(completion)
        return completion

    async def _new(self, request: Request) -> Completion:
        """An answer that is not kept."""
        if self.live is None:
            completion = await self.feed.ask(request)
            self._pay(completion)
            return completion
        return await self._over_the_line(self.live, request, self.live.wire(request), None)

    async def _known(self, request: Request) -> Completion:
        """An answer from the cache, of an equal request on its way, or a new one, on disk before it is read."""
        body = self.live.wire(request) if self.live is not None else _content(request)
        key = request_key(self.model.name, request, body)
        if (equal := self.asked.get(key)) is not None:
            completion = await asyncio.shield(equal)
            self.ledger.shared += 1
            return completion
        if (raw := self.asker.cache.get(key)) is not None and (known := self._read(raw)) is not None:
            self.ledger.cached += 1
            return known
        self.asked[key] = answer = self.loop.create_future()
        try:
            if self.live is not None:
                completion = await self._over_the_line(self.live, request, body, key)
            else:
                completion = await self.feed.ask(request)
                self._pay(completion)
                if completion.error is None:
                    await self._store(key, body, json.dumps(dataclasses.asdict(completion)).encode())
        except BaseException as error:
            answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            answer.exception()  # nobody else may wait for it
            raise
        finally:
            del self.asked[key]
        answer.set_result(completion)
        return completion

    async def _over_the_line(self, live: Live, request: Request, body: bytes, key: bytes | None) -> Completion:
        """Ask until an answer can be read; each one is on disk before that is tried, for it was paid."""
        held = await self.asker.purse.hold(self.asker.price, len(body), request.max_tokens)
        completion = _UNREAD
        try:
            for attempt in range(UNREADABLE):
                reply = await self.line.send(request, body)
                self.ledger.retried += reply.retried + (attempt > 0)
                if reply.raw is None:
                    completion = Completion("", "error", error=reply.error)
                    break
                if key is not None:
                    await self.asker.cache.put(key, self.model.name, body, reply.raw)
                try:
                    completion = live.parse(reply.raw)
                    break
                except ValueError as error:
                    completion = Completion("", "error", error=f"the reply is no chat completion ({error})")
        finally:
            self._pay(completion, held)
        return completion

    async def _store(self, key: bytes, body: bytes, raw: bytes) -> None:
        self.feed.storing += 1
        try:
            await self.asker.cache.put(key, self.model.name, body, raw)
        finally:
            self.feed.storing -= 1

    def _read(self, raw: bytes) -> Completion | None:
        """A kept answer; None for one that could not be read when it came either."""
        try:
            return self.live.parse(raw) if self.live is not None else _completion.validate_json(raw)
        except ValueError:
            return None

    def _pay(self, completion: Completion, held: float = 0.0) -> None:
        self.ledger.asked += 1
        self.ledger.tokens_in += completion.tokens_in
        self.ledger.tokens_out += completion.tokens_out
        price, purse = self.asker.price, self.asker.purse
        self.ledger.cost += purse.settle(held, price, completion.tokens_in, completion.tokens_out)


def request_key(name: str, request: Request, body: bytes) -> bytes:
    """SHA-256 over everything that can change the answer: model and endpoint, which sample it is, all that is sent."""
    return hashlib.sha256(f"{name}\n{request.sample}\n".encode() + body).digest()


def _content(request: Request) -> bytes:
    """What stands for the wire of a model that has none."""
    said = [(message.role, message.content) for message in request.messages]
    return json.dumps([said, request.max_tokens, request.temperature, request.seed]).encode()
