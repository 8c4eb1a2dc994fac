"""A model to ask: where its answers are kept, what may be spent, and the ledger they go into."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from orca2.asking.budget import Budget
from orca2.asking.cache import Cache
from orca2.asking.keys import as_http_model, key_prefix, parse_cached, request_key, serialize
from orca2.asking.ledger import Ledger
from orca2.core.model import Model
from orca2.core.types import Completion, Request
from orca2.endpoints.prices import Price

WINDOW = 4096  # rows at work at once for a model that says nothing of it


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """A request's key, its `body` as it goes over the wire, and the answer that is known, if one is: as it came, and
    read."""

    key: bytes
    body: bytes
    raw: bytes | None
    completion: Completion | None


class AnswerKeys(Protocol):
    """The kept answers of one model, by their keys. `shared`: another process asks and keeps at the same place, and a
    request is `acquire`d before it is asked."""

    @property
    def shared(self) -> bool: ...
    def get(self, key: bytes) -> bytes | None: ...
    def add(self, key: bytes) -> None: ...
    async def acquire(self, key: bytes) -> bytes | None: ...
    def release(self, key: bytes) -> None: ...


class AnswerStore(Protocol):
    """Where answers are kept; the future of `put` is done once one is safe."""

    def key_filter(self, key_prefix: bytes) -> AnswerKeys: ...
    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, model: str, request: bytes, raw: bytes) -> "asyncio.Future[None]": ...
    def flush(self) -> None: ...


class Pool(Protocol):
    """The rows of one `run_all` at work."""

    async def open(self) -> Callable[[], int] | None:
        """How many requests are on the way is what it returns, if that is to be known."""
        ...

    async def next_results(self) -> list[tuple[Any, Any]]:
        """The rows that have ended since, each with its result, at least one; none when all have."""
        ...

    async def close(self) -> None: ...


class Distributor(Protocol):
    """Several processes that rows are shared out to: `work` and the rows are sent there."""

    def pool(self, client: "ModelClient", rows: Iterator[Any], work: Callable[..., Awaitable[Any]]) -> Pool: ...


class ModelClient:
    """A model with what asking it needs: where answers are kept, what may be spent, the ledger they go into, and other
    processes that ask it too, if there are any.

    Sent to another process, only the model arrives there.
    """

    def __init__(
        self,
        model: Model,
        cache: AnswerStore | None = None,
        ledger: Ledger | None = None,
        budget: Budget | None = None,
        distributor: Distributor | None = None,
    ) -> None:
        self.model, self.ledger, self.distributor = model, ledger or Ledger(), distributor
        self.budget = budget or Budget()
        self.window: int = getattr(model, "window", WINDOW)
        self.price: Price | None = getattr(model, "price", None)
        self._cache = cache

    def __reduce__(self) -> tuple[Any, ...]:
        return ModelClient, (self.model,)

    def alone(self) -> "ModelClient":
        """The same, asked by this process only."""
        return ModelClient(self.model, self.cache if self.model.keep else None, self.ledger, self.budget)

    @property
    def cache(self) -> AnswerStore:
        """The user's own if none was given; opened by the first model whose answers are worth keeping."""
        if self._cache is None:
            self._cache = Cache()
        return self._cache

    def look_up(self, request: Request) -> KnownAnswer:
        """The kept answer to a request, if there is one that can be read; nothing is asked."""
        http_model = as_http_model(self.model)
        body = serialize(http_model, request)
        key = request_key(self.model.name, request, body)
        raw = self.cache.key_filter(key_prefix(self.model.name)).get(key) if self.model.keep else None
        completion = parse_cached(http_model, raw, body) if raw is not None else None
        return KnownAnswer(key, body, raw, completion)
