"""A row worked on with known answers only: to its end, or up to the first requests that have none."""

from collections.abc import Callable

from orca2.asking.client import KnownAnswer, ModelClient
from orca2.asking.engine import Ask
from orca2.asking.keys import as_http_model
from orca2.asking.ledger import Ledger
from orca2.core.types import Completion, Request


class Unanswered(Exception):
    """The request under `key` has no known answer."""

    def __init__(self, key: bytes) -> None:
        super().__init__(key.hex())
        self.key = key


class Replay:
    """The `ask` of one row. `known` are the answers that it was given, as they came, and `owed` the keys of those that
    there are none to. With `local`, a model of this machine is asked by that."""

    def __init__(
        self,
        client: ModelClient,
        look_up: Callable[[ModelClient, Request], KnownAnswer] = ModelClient.look_up,
        local: Ask | None = None,
    ) -> None:
        self.client, self.look_up, self.local = client, look_up, local
        self.known: dict[bytes, bytes] = {}
        self.completions: list[Completion] = []
        self.owed: set[bytes] = set()

    async def ask(self, request: Request, /, other: ModelClient | None = None) -> Completion:
        client = other or self.client
        if self.local is not None and as_http_model(client.model) is None:
            return await self.local(request, client)
        found = self.look_up(client, request)
        if found.completion is None:
            self.owed.add(found.key)
            raise Unanswered(found.key)
        if found.raw is not None:
            self.known[found.key] = found.raw
        self.completions.append(found.completion)
        return found.completion

    def enter(self, ledger: Ledger) -> None:
        """Count what the row asked, now that it has ended without asking anybody."""
        ledger.requests += len(self.completions)
        ledger.cached += len(self.completions)
        for completion in self.completions:
            ledger.enter(completion)
