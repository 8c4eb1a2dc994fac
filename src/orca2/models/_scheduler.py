"""Continuous batching: answers of any length and settings share every step of one model, and come and go between steps.

All work on the model is done by one thread. `submit` gives it a prompt from any thread, `pieces` from an event loop.
"""

import asyncio
import atexit
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch

from orca2.errors import ModelError
from orca2.models._bounds import Bounds, bounds_for
from orca2.models._chat import Chat
from orca2.models._graphed import Steps
from orca2.models._kept import Kept, common
from orca2.models._rows import Ask, Piece, Row
from orca2.models._sampling import pick
from orca2.models._slots import COLUMNS, Slots, suits


class Scheduler:
    """`model` is one that `transformers` loaded; `ends` are the ids that end an answer."""

    def __init__(self, model: Any, chat: Chat, ends: Collection[int], bounds: Bounds | None = None) -> None:
        self.model, self.chat, self.ends = model, chat, frozenset(ends)
        self.bounds = bounds or bounds_for(model)
        config = model.config.get_text_config()
        if not suits(config):
            kinds = ", ".join(sorted(set(config.layer_types)))
            raise ModelError(f"layers of these kinds cannot share a batch: {kinds}; use `orca2 chat`, or vLLM")
        self.context: int = getattr(config, "max_position_embeddings", 1 << 20)
        self._limit = max(self.bounds.tokens, -(-min(self.context, 1 << 20) // COLUMNS) * COLUMNS)
        self._kept = Kept(self.bounds.kept)
        self._empty()
        self._waiting: deque[Row] = deque()
        self._running: list[Row] = []  # row i of the cache is the i-th; each lacks only its last id there
        self._filling: Row | None = None  # the row after them, whose prompt is being read
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="orca2-scheduler", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread within torch would abort the process that ends

    @property
    def load(self) -> tuple[int, int, int]:
        """How many answers are under way, how many wait, and how many tokens are kept of ended ones."""
        return len(self._running) + (self._filling is not None), len(self._waiting), self._kept.tokens

    def submit(self, ask: Ask, take: Callable[[Piece], None]) -> Row:
        """Have a prompt continued; `take` gets the pieces in the scheduler's thread, and must be quick."""
        if not ask.ids or ask.max_tokens < 1 or len(ask.ids) + ask.max_tokens > self.context:
            raise ValueError(f"{len(ask.ids)} prompt tokens and {ask.max_tokens} new ones do not fit {self.context}")
        row = Row(ask, self.chat, take)
        with self._changed:
            if self._closed:
                raise ModelError("the scheduler is closed")
            self._waiting.append(row)
            self._changed.notify()
        return row

    async def pieces(self, asks: Sequence[Ask]) -> AsyncIterator[tuple[int, Piece]]:
        """The pieces of some answers as they come, with the index of the ask; leaving the loop cancels the rest."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[tuple[int, Piece]] = asyncio.Queue()

        def taker(index: int) -> Callable[[Piece], None]:
            def take(piece: Piece) -> None:
                loop.call_soon_threadsafe(queue.put_nowait, (index, piece))

            return take

        rows = [self.submit(ask, taker(index)) for index, ask in enumerate(asks)]
        left = len(rows)
        try:
            while left:
                index, piece = await queue.get()
                left -= piece.finish is not None
                yield index, piece
        finally:
            for row in rows:
                row.cancelled = True

    def close(self) -> None:
        """End the thread; answers under way end with an error."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        atexit.unregister(self.close)

    @torch.inference_mode()
    def _work(self) -> None:
        while True:
            with self._changed:
                while not (self._closed or self._waiting or self._running or self._filling):
                    self._changed.wait()
                if self._closed:
                    return self._fail("the server is stopping")
            try:
                self._turn()
            except Exception as error:  # above all out of memory: whoever asks next finds a scheduler that works
                self._empty()
                self._kept.clear()
                self._fail(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")

    def _empty(self) -> None:
        self._slots = Slots(self._limit)
        self._steps = Steps(self.model, self._slots)

    def _fail(self, why: str) -> None:
        with self._changed:
            rows = [*self._running, *([self._filling] if self._filling else []), *self._waiting]
            self._running, self._filling = [], None
            self._waiting.clear()
        for row in rows:
            row.tell(why, "error")

    def _turn(self) -> None:
        """Drop who has left, read some of the prompts that wait, and add one id to each answer."""
        with self._changed:
            self._waiting = deque(row for row in self._waiting if not row.cancelled)
        if self._filling and self._filling.cancelled:
            self._filling = None
        self._drop([row for row in self._running if row.cancelled])
        self._read()
        if self._running:
            self._step()

    def _read(self) -> None:
        left = self.bounds.chunk
        while left > 0 and (self._filling or self._admit()):
            row = self._filling
            assert row is not None
            stop = min(row.done + left, len(row.ids))
            left -= stop - row.done
            place = len(self._running)
            ids = torch.tensor([row.ids[row.done : stop]], device=self.model.device)
            first = torch.tensor([row.done], device=self.model.device)
            logits = self._steps.call(ids, slice(place, place + 1), slice(row.done, stop), first, stop)
            row.done = stop
            if stop == len(row.ids):
                self._filling = None
                self._running.append(row)
                self._take([row], logits)

    def _admit(self) -> bool:
        """Give the next prompt that waits a row, with as much of it as some cache holds already."""
        rows = len(self._running) + 1
        with self._changed:
            if not self._waiting or rows > self.bounds.rows:
                return False
            row = self._waiting[0]
            width = max(len(other.ids) for other in (*self._running, row)) + COLUMNS
            if rows > 1 and not self._slots.holds(rows, width):
                return False
            self._waiting.popleft()
        self._slots.fit(rows, max(len(other.ids) for other in (*self._running, row)) + 1, rows - 1)
        self._filling = row
        row.done = self._reuse(row, rows - 1)
        row.reused = row.done if row.reused is None else row.reused
        return True

    def _reuse(self, row: Row, place: int) -> int:
        """Copy what is known of a prompt, all but its last id; how many ids that are."""
        asked = np.array(row.ids[:-1], dtype=np.int64)
        stretch, kept = self._kept.find(row.ids[:-1])
        lengths = [common(np.array(other.ids[: other.done], dtype=np.int64), asked) for other in self._running]
        best = max(lengths, default=0)
        if best > kept:
            self._slots.move(lengths.index(best), place, best)
        elif kept:
            self._slots.put(place, stretch, kept)
        return max(best, kept)

    def _step(self) -> None:
        while len(self._running) > 1 and not self._slots.holds(len(self._running) + bool(self._filling), self._width):
            self._put_back()
        rows, filling = self._running, self._filling
        used = len(rows) + bool(filling)
        wide = self._steps.rows(used)
        self._slots.fit(wide if self._slots.holds(wide, self._width) else used, self._width, used)
        spare = filling.done if filling else 0
        logits = self._steps.step([row.ids[-1] for row in rows], [row.done for row in rows], spare)
        for row in rows:
            row.done += 1
        self._take(list(rows), logits)

    @property
    def _width(self) -> int:
        rows = [*self._running, *([self._filling] if self._filling else [])]
        return max(len(row.ids) for row in rows) + 1

    def _put_back(self) -> None:
        """The cache is full: the answer that came last waits again, and will be read anew with what it has said."""
        row = self._filling or self._running.pop()
        self._filling = None
        row.done = 0
        with self._changed:
            self._waiting.appendleft(row)

    def _take(self, rows: Sequence[Row], logits: torch.Tensor) -> None:
        picked = pick(logits, [row.sampler for row in rows])
        self._drop([row for row, one in zip(rows, picked, strict=True) if row.add(one, self.ends)])

    def _drop(self, rows: Sequence[Row]) -> None:
        """Take rows out, keeping a copy of what they knew; others move up, so that the rows in use are the first."""
        for row in rows:
            place, last = self._running.index(row), len(self._running) - 1
            if row.done <= self._kept.limit:
                self._kept.add(row.ids[: row.done], self._slots.take(place, row.done))
            if place < last:
                self._slots.move(last, place, self._running[last].done)
                self._running[place] = self._running[last]
            self._running.pop()
            if self._filling:
                self._slots.move(last + 1, last, self._filling.done)
