"""What answers cost, and the cap: a request is held against it before it goes, so that the cap is never passed."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from orca2.endpoints.prices import Price
from orca2.errors import ModelError

LEAST_CHARS = 3  # characters a token at the least: what is held for a prompt is rather too much
NOTED_EVERY = 2.0  # seconds of spending that a kill can leave out of the sum


class Budget:
    """Dollars spent so far, by earlier runs of the same folder too; cap 0 is none. `note` is told it at times."""

    def __init__(self, cap: float = 0.0, spent: float = 0.0, note: Callable[[float], None] | None = None) -> None:
        self.cap, self.spent = cap, spent
        self.reserved, self._num_reserved = 0.0, 0  # dollars, and by how many requests
        self._over = False
        self._note, self._noted = note, time.monotonic()
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def reserve(self, price: Price | None, chars: int, max_tokens: int) -> float:
        """Hold the most that a request can cost; wait while what is on its way may leave room for it.

        ModelError once nothing is on its way and it does not fit.
        """
        if price is None or not self.cap:
            return 0.0
        most = price.of(chars // LEAST_CHARS, max_tokens)
        while self._over or self.spent + self.reserved + most > self.cap:
            if not self._num_reserved:
                self._over = True  # or a smaller one would still go, and be cut off by the end
                raise self.exceeded(most)
            waits = asyncio.get_running_loop().create_future()
            self._waiting.append(waits)
            await waits
        self._num_reserved += 1
        self.reserved += most
        return most

    def exceeded(self, most: float) -> ModelError:
        """Why nothing more is asked where the next answer may cost `most` dollars."""
        return ModelError(
            f"teacher.max_cost = {self.cap:g}: ${self.spent:,.4f} were spent, and the next answer may cost"
            f" ${most:,.4f}. Every answer is kept; with a higher teacher.max_cost the same command goes on"
        )

    def commit(self, reserved: float, price: Price | None, tokens_in: int, tokens_out: int) -> float:
        """A request that was held for has ended: the dollars of its answer."""
        cost = price.of(tokens_in, tokens_out) if price else 0.0
        if reserved:
            self._num_reserved -= 1
            self.reserved = self.reserved - reserved if self._num_reserved else 0.0
            self.wake()
        self.add(cost)
        return cost

    def wake(self) -> None:
        """Have those who wait look again whether there is room."""
        for waits in self._waiting:
            if not waits.done():
                waits.set_result(None)
        self._waiting.clear()

    def add(self, cost: float) -> None:
        """So many dollars more were spent, by whomever."""
        self.spent += cost
        if cost and self._note is not None and (now := time.monotonic()) - self._noted > NOTED_EVERY:
            self._noted = now
            self._note(self.spent)
