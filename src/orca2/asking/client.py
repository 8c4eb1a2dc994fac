"""A model to ask: where its answers are kept, what may be spent, and the ledger they go into."""

from orca2.asking.budget import Budget
from orca2.asking.cache import Cache
from orca2.asking.keys import as_http_model, parse_cached, request_key, serialize
from orca2.asking.ledger import Ledger
from orca2.core.model import Model
from orca2.core.types import Completion, Request
from orca2.endpoints.prices import Price

WINDOW = 4096  # rows at work at once for a model that says nothing of it


class ModelClient:
    """A model with what asking it needs: where answers are kept, what may be spent, and the ledger they go into."""

    def __init__(
        self, model: Model, cache: Cache | None = None, ledger: Ledger | None = None, budget: Budget | None = None
    ) -> None:
        self.model, self.ledger = model, ledger or Ledger()
        self.budget = budget or Budget()
        self.window: int = getattr(model, "window", WINDOW)
        self.price: Price | None = getattr(model, "price", None)
        self._cache = cache

    @property
    def cache(self) -> Cache:
        """The user's own if none was given; opened by the first model whose answers are worth keeping."""
        if self._cache is None:
            self._cache = Cache()
        return self._cache

    def cached(self, request: Request) -> Completion | None:
        """The kept answer to a request, if there is one that can be read; nothing is asked."""
        if not self.model.keep:
            return None
        http_model = as_http_model(self.model)
        body = serialize(http_model, request)
        raw = self.cache.get(request_key(self.model.name, request, body))
        return parse_cached(http_model, raw, body) if raw is not None else None
