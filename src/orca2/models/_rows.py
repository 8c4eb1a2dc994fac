"""One answer while it is made: its ids, its own sampler and text, and where it stands in the cache."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from orca2.models._chat import Chat
from orca2.models._detok import Reader
from orca2.models._sampling import Picked, Sampler, Sampling

Finish = Literal["stop", "length", "error"]
TOKEN = 0.05  # seconds that a new token may take, for the order in which answers begin


@dataclass(frozen=True, slots=True)
class Ask:
    """A prompt to continue. `max_tokens` counts the id that ends an answer too."""

    ids: Sequence[int]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)


@dataclass(frozen=True, slots=True)
class Piece:
    """What came since the last one: text that is certain, and the ids it was read from.

    `tokens` counts the new ids so far, `reused` the prompt's ids that were in a cache. The last piece has a `finish`;
    with "error" the text is the reason.
    """

    text: str
    picked: tuple[Picked, ...] = ()
    tokens: int = 0
    reused: int = 0
    finish: Finish | None = None


class Row:
    """`ids` are prompt and answer, the first `done` of them in the cache.

    Of those that wait, the earliest `due` begins: a short answer does not wait behind long ones, and a long one waits
    for those only that came while it could have been made.
    """

    def __init__(self, ask: Ask, chat: Chat, take: Callable[[Piece], None]) -> None:
        self.ask, self.take = ask, take
        self.ids = list(ask.ids)
        self.done = self.tokens = 0
        self.reused: int | None = None
        self.cancelled = False
        self.due = time.monotonic() + TOKEN * ask.max_tokens
        self.sampler = Sampler(ask.sampling)
        self._reader = Reader(chat, ask.sampling.stop)
        self._chat = chat
        self._untold: list[Picked] = []

    @property
    def unread(self) -> int:
        return len(self.ids) - self.done

    def add(self, picked: Picked, ends: Collection[int]) -> bool:
        """Take the next id and tell what is certain. Whether the answer has ended."""
        self.tokens += 1
        stopped = picked.id in ends
        text = ""
        if not stopped:
            self.ids.append(picked.id)
            self._untold.append(picked)
            text = self._reader.add(picked.id)
        last = stopped or self._reader.stopped is not None or self.tokens >= self.ask.max_tokens
        if last:
            text += self._reader.rest()
            if self._reader.stopped is not None:
                stopped = True
                self._forget_after(text)
            self.tell(text, "stop" if stopped else "length")
        elif text:
            self.tell(text)
        return last

    def tell(self, text: str, finish: Finish | None = None) -> None:
        piece = Piece(text, tuple(self._untold), self.tokens, self.reused or 0, finish)
        self._untold = []
        try:
            self.take(piece)
        except RuntimeError:  # the event loop that it was for is closed
            self.cancelled = True

    def _forget_after(self, text: str) -> None:
        """Ids that only the stop string was read from are no part of the answer."""
        ids = [picked.id for picked in self._untold]
        count = next((n for n in range(len(ids) + 1) if len(self._chat.decode(ids[:n])) >= len(text)), len(ids))
        self._untold = self._untold[:count]


def reach(rows: Sequence[Row]) -> int:
    """Columns that it takes to read what is left of some prompts in one call."""
    return max(row.done for row in rows) + max(row.unread for row in rows)
