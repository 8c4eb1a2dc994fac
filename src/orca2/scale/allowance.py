"""Dollars of one account among several processes: each spends what it was allowed, and asks for more."""

import asyncio

from orca2.asking.budget import LEAST_CHARS, Budget
from orca2.endpoints.prices import Price


class Allowance(Budget):
    """What a process may spend of the account, if there is a cap on it. `wanting` is the least that a request may cost
    which waits for more, 0 if none does."""

    def __init__(self, capped: bool) -> None:
        super().__init__()
        self.capped, self.wanting = capped, 0.0

    async def reserve(self, price: Price | None, chars: int, max_tokens: int) -> float:
        """Hold the most that a request can cost; wait until it is allowed."""
        if price is None or not self.capped:
            return 0.0
        most = price.of(chars // LEAST_CHARS, max_tokens)
        while self.spent + self.reserved + most > self.cap:
            self.wanting = min(self.wanting or most, most)
            waits = asyncio.get_running_loop().create_future()
            self._waiting.append(waits)
            await waits
        self._num_reserved += 1
        self.reserved += most
        return most

    def hold(self) -> tuple[float, float, float]:
        """Give back what is neither spent nor held for a request: dollars spent, held, and wanted for the next one."""
        self.cap = self.spent + self.reserved
        return self.spent, self.reserved, self.wanting

    def allow(self, dollars: float) -> None:
        """So many dollars more may be spent."""
        self.cap += dollars
        self.wanting = 0.0
        self.wake()


def divided(free: float, wanted: list[float]) -> list[float]:
    """What each of several processes gets of `free` dollars: an even part, or, where that is less than somebody's next
    request may cost, all to the one that wants least of those who want any."""
    part = free / max(len(wanted), 1)
    if all(part >= want for want in wanted):
        return [part] * len(wanted)
    least = min(want for want in wanted if want)
    first = wanted.index(least)
    return [free if index == first and free >= least else 0.0 for index in range(len(wanted))]
