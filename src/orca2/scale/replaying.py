"""A row worked on with kept answers only: to its end, or up to the first request that has none."""

from collections.abc import Awaitable
from typing import Any

from orca2.asking.client import ModelClient
from orca2.asking.keys import as_http_model, key_prefix, parse_cached, request_key, serialize
from orca2.asking.ledger import Ledger
from orca2.core.types import Completion, Request


class Unanswered(Exception):
    """The request under `key` has no kept answer."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key.hex())
        self.key = key


class Replay:
    """The `ask` of one row; `known` are the answers that it was given, and `enter` counts them as cached."""

    def __init__(self, client: ModelClient) -> None:
        self.client = client
        self.known: dict[bytes, bytes] = {}
        self.completions: list[Completion] = []

    def ask(self, request: Request, /, other: ModelClient | None = None) -> Awaitable[Completion]:
        return self._ask(request, (other or self.client).model)

    async def _ask(self, request: Request, model: Any) -> Completion:
        http_model = as_http_model(model)
        body = serialize(http_model, request)
        key = request_key(model.name, request, body)
        raw = self.client.cache.key_filter(key_prefix(model.name)).get(key) if model.keep else None
        completion = parse_cached(http_model, raw, body) if raw is not None else None
        if raw is None or completion is None:
            raise Unanswered(key)
        self.known[key] = raw
        self.completions.append(completion)
        return completion

    def enter(self, ledger: Ledger) -> None:
        """Count what the row asked, now that it has ended without asking anybody."""
        ledger.requests += len(self.completions)
        ledger.cached += len(self.completions)
        for completion in self.completions:
            ledger.enter(completion)
