"""One answer while it is made: its ids, its own sampler and text, and where it stands in the cache."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch

from orca2.checkpoints.chat_codec import Chat
from orca2.checkpoints.detokenizer import CONTEXT, Reader
from orca2.inference.sampling import Picked, Sampler, Sampling, score

Finish = Literal["stop", "length", "error"]
TOKEN = 0.05  # seconds that a new token may take, for the order in which answers begin


@dataclass(frozen=True, slots=True)
class Ask:
    """A prompt to continue. `max_tokens` counts the id that ends an answer too; with 0 the prompt is only read.

    With `prompt_logprobs` the prompt's ids get log-probabilities as the new ones do. `begins_turn` says that an answer
    begins after the prompt, so that what the template writes before one is no part of it.
    """

    ids: Sequence[int]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    prompt_logprobs: bool = False
    begins_turn: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """What came since the last one: text that is certain, and the ids it was read from.

    `tokens` counts the new ids so far, `reused` the prompt's ids that were in a cache. The last piece has a `finish`;
    with "error" the text is the reason. `ended` is the id that ended the answer, if one did. The first piece has the
    `prompt` if its log-probabilities were asked for; the first id of all has none.
    """

    text: str
    picked: tuple[Picked, ...] = ()
    tokens: int = 0
    reused: int = 0
    finish: Finish | None = None
    ended: Picked | None = None
    prompt: tuple[Picked, ...] = ()


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
        self._reader = Reader(chat, ask.sampling.stop, None if ask.begins_turn else ask.ids)
        self._chat = chat
        self._untold: list[Picked] = []
        self._ended: Picked | None = None
        self._untold_prompt = [Picked(ask.ids[0])] if ask.prompt_logprobs else []
        self._scored = len(self._untold_prompt)  # of the prompt's ids

    @property
    def unread(self) -> int:
        return len(self.ids) - self.done

    @property
    def unscored(self) -> bool:
        """Whether logits are needed after each of the prompt's ids."""
        return self.ask.prompt_logprobs and self._scored < len(self.ask.ids)

    def score(self, start: int, logits: torch.Tensor) -> None:
        """Take the logits (ids, vocabulary) after the prompt's ids from `start` on; some may have come before."""
        ids = self.ask.ids[self._scored : start + 1 + len(logits)]
        first = self._scored - 1 - start
        self._untold_prompt += score(logits[first : first + len(ids)], ids, self.ask.sampling.logprobs or 0)
        self._scored += len(ids)

    def add(self, picked: Picked, ends: Collection[int]) -> bool:
        """Take the next id and tell what is certain. Whether the answer has ended."""
        if not self.ask.max_tokens:
            self.tell("", "length")
            return True
        self.tokens += 1
        stopped = picked.id in ends
        text = ""
        if stopped:
            self._ended = picked
        else:
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
        told, prompt = tuple(self._untold), tuple(self._untold_prompt)
        piece = Piece(text, told, self.tokens, self.reused or 0, finish, self._ended, prompt)
        self._untold, self._untold_prompt = [], []
        try:
            self.take(piece)
        except RuntimeError:  # the event loop that it was for is closed
            self.cancelled = True

    def _forget_after(self, text: str) -> None:
        """Ids that only the stop string was read from are no part of the answer."""
        ids = [picked.id for picked in self._untold]
        before = self.ids[len(self.ask.ids) if self.ask.begins_turn else 0 : -len(ids) or None][-CONTEXT:]
        known = len(self._chat.decode(before)) + len(text)
        count = next((n for n in range(len(ids)) if len(self._chat.decode([*before, *ids[:n]])) >= known), len(ids))
        self._untold = self._untold[:count]


def reach(rows: Sequence[Row]) -> int:
    """Columns that it takes to read what is left of some prompts in one call."""
    return max(row.done for row in rows) + max(row.unread for row in rows)
