"""Requests that wait for an answer, handed out in blocks to whoever is free."""

from collections import deque
from collections.abc import Iterable, Sequence

from orca2.core.types import Request

MOST = 8  # times the rows that a student decodes at once: more lie idle at one while others have none
LEAST = 4  # a block is at least the rows' share of one in so many: fewer rows make a step hardly quicker


class Blocks:
    """A queue of indices of requests. Those that begin alike stand together, so that a block's prompts share what they
    begin with. Blocks come in rounds, one for each who works: half of what waits, so that all end at about the same
    time, and in the last round all of it: shared out further, it would be decoded few rows at once."""

    def __init__(self, requests: Sequence[Request]) -> None:
        said = [[(message.role, message.content) for message in request.messages] for request in requests]
        self._waiting = deque(sorted(range(len(requests)), key=said.__getitem__))
        self._size = self._left = 0  # of the round: of a block, and how many blocks are still to be taken
        self.unanswered = len(requests)

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, rows: int, workers: int) -> list[int]:
        """The next block for one of so many workers, each of which decodes so many rows at once; none if none wait."""
        if not self._left:
            half = -(-len(self._waiting) // (2 * workers))
            self._size = half if half >= rows else max(-(-len(self._waiting) // workers), smallest(rows))
            self._left = workers
        self._left -= 1
        return [self._waiting.popleft() for _ in range(min(self._size, MOST * rows, len(self._waiting)))]

    def give_back(self, indices: Iterable[int]) -> None:
        """What somebody took and did not answer is the next to be taken."""
        self._waiting.extendleft(reversed(list(indices)))


def smallest(rows: int) -> int:
    """The size of the smallest block that is worth a student's while."""
    return max(1, rows // LEAST)
