"""Continuous batching: answers of any length and settings share every step of one model, and come and go between steps.

All work on the model is done by one thread. `submit` gives it a prompt from any thread, `pieces` from an event loop.
"""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

import torch

from orca2.checkpoints.chat_codec import Chat
from orca2.errors import ModelError
from orca2.inference.cuda_graphs import Steps
from orca2.inference.kv_cache.prefix_cache import Kept, longest
from orca2.inference.kv_cache.slots import COLUMNS, Slots, Stretch, suits
from orca2.inference.limits import Bounds, bounds_for
from orca2.inference.openmp import let_helpers_go
from orca2.inference.requests import Ask, Piece, Row, reach
from orca2.inference.sampling import pick

CALL = 32  # ids: reading fewer takes as long, so with so many in common a prompt waits for the one before it
SCORED = 512  # ids of prompts whose log-probabilities are wanted, in one call: all their logits lie in memory


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
        self._waiting: list[Row] = []
        self._running: list[Row] = []  # row i of the cache is the i-th; each lacks only its last id there
        self._filling: list[Row] = []  # the rows after them, whose prompts are being read
        self._changed = threading.Condition()
        self._closed = False
        let_helpers_go()
        self._thread = threading.Thread(target=self._work, name="orca2-scheduler", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread within torch would abort the process that ends

    @property
    def load(self) -> tuple[int, int, int]:
        """How many answers are under way, how many wait, and how many tokens are kept of ended ones."""
        return len(self._running) + len(self._filling), len(self._waiting), self._kept.tokens

    def submit(self, ask: Ask, take: Callable[[Piece], None]) -> Row:
        """Have a prompt continued; `take` gets the pieces in the scheduler's thread, and must be quick."""
        if not ask.ids or ask.max_tokens < 0 or len(ask.ids) + ask.max_tokens > self.context:
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
            rows = [*self._running, *self._filling, *self._waiting]
            self._running, self._filling = [], []
            self._waiting.clear()
        for row in rows:
            row.tell(why, "error")

    def _turn(self) -> None:
        """Drop who has left, read some of the prompts that wait, and add one id to each answer."""
        with self._changed:
            self._waiting = [row for row in self._waiting if not row.cancelled]
        for row in [row for row in self._filling if row.cancelled]:
            self._give_up(row)
        self._drop([row for row in self._running if row.cancelled], left=True)
        self._read()
        if self._running:
            self._step()

    def _read(self) -> None:
        left = self.bounds.chunk
        while left > 0:
            while len(self._filling) < self.bounds.together and sum(row.unread for row in self._filling) < left:
                if not self._admit():
                    break
            if not self._filling:
                return
            most = min(left, SCORED) if self._filling[0].unscored else left
            rows = self._group(most)
            read = self._read_together(rows) if len(rows) > 1 else self._read_on(rows[0], most)
            left -= max(read, CALL)

    def _group(self, left: int) -> list[Row]:
        """The first of the rows being read, and those after it that can be read to their ends in the same call."""
        rows, total = self._filling[:1], len(self._running) + len(self._filling)
        for row in self._filling[1:]:
            most = max(one.unread for one in (*rows, row))
            alike = row.unscored == rows[0].unscored
            if not alike or (len(rows) + 1) * most > left or not self._slots.holds(total, reach((*rows, row))):
                break
            rows.append(row)
        return rows

    def _read_on(self, row: Row, left: int) -> int:
        """Some of one prompt; how much."""
        start, stop, place = row.done, min(row.done + left, len(row.ids)), len(self._running)
        ids = torch.tensor([row.ids[start:stop]], device=self.model.device)
        positions = torch.arange(start, stop, device=self.model.device)[None]
        every = row.unscored
        logits = self._steps.call(ids, slice(place, place + 1), slice(start, stop), positions, stop, every)
        row.done = stop
        if every:
            logits = self._score([row], [start], logits)
        if stop == len(row.ids):
            self._start([row], logits)
        return stop - start

    def _read_together(self, rows: Sequence[Row]) -> int:
        """Several prompts to their ends; how many ids that took.

        A shorter one has ids of no meaning before its own, which are written to columns after them: none sees those
        until they are written anew.
        """
        most, place = max(row.unread for row in rows), len(self._running)
        total = place + len(self._filling)
        self._slots.fit(total, reach(rows), total)
        ids, columns, starts = [], [], [row.done for row in rows]
        for row in rows:
            end = len(row.ids)
            ids.append([*[0] * (most - row.unread), *row.ids[row.done :]])
            columns.append([*range(end, row.done + most), *range(row.done, end)])
            row.done = end
        where = torch.tensor(columns, device=self.model.device)
        logits = self._steps.call(
            torch.tensor(ids, device=self.model.device),
            slice(place, place + len(rows)),
            where,
            where.clamp(max=self.context - 1),
            max(map(max, columns)) + 1,
            rows[0].unscored,
        )
        self._start(rows, self._score(rows, starts, logits) if rows[0].unscored else logits)
        return len(rows) * most

    def _score(self, rows: Sequence[Row], starts: Sequence[int], logits: torch.Tensor) -> torch.Tensor:
        """Give rows the logits (rows, tokens, vocabulary) after what was read; those after the last ids are left."""
        for row, start, own in zip(rows, starts, logits, strict=True):
            row.score(start, own[start - row.done :])
        return logits[:, -1]

    def _start(self, rows: Sequence[Row], logits: torch.Tensor) -> None:
        """The first of those being read have been, and get their first ids."""
        del self._filling[: len(rows)]
        self._running.extend(rows)
        self._take(rows, logits)

    def _admit(self) -> bool:
        """Give the next prompt that waits a row, with as much of it as some cache holds already."""
        before = [*self._running, *self._filling]
        with self._changed:
            if not self._waiting or len(before) == self.bounds.rows:
                return False
            row = min(self._waiting, key=lambda one: one.due)
            width = max(len(other.ids) for other in (*before, row)) + COLUMNS
            if before and not self._slots.holds(len(before) + 1, width):
                return False
            known = self._known(row)
            begun = [] if row.unscored else [other.ids for other in self._filling]
            if longest(row.ids, begun)[1] >= known[0] + CALL:
                return False
            self._waiting.remove(row)
        self._slots.fit(len(before) + 1, max(len(other.ids) for other in (*before, row)) + 1, len(before))
        self._reuse(row, len(before), *known)
        self._filling.append(row)
        return True

    def _known(self, row: Row) -> tuple[int, Row | Stretch]:
        """How many ids of a prompt, all but its last, some cache holds, and which."""
        if row.unscored:  # what is taken from a cache has no logits
            return 0, []
        stretch, kept = self._kept.find(row.ids[:-1])
        place, best = longest(row.ids[:-1], [other.ids[: other.done] for other in self._running])
        return (best, self._running[place]) if best > kept else (kept, stretch)

    def _reuse(self, row: Row, place: int, count: int, source: Row | Stretch) -> None:
        """Copy what is known of a prompt."""
        if isinstance(source, Row):
            self._slots.move(self._running.index(source), place, count)
        elif count:
            self._slots.put(place, source, count)
        row.done = count
        row.reused = count if row.reused is None else row.reused

    def _step(self) -> None:
        while len(self._running) > 1 and not self._slots.holds(len(self._running) + len(self._filling), self._width):
            self._put_back()
        rows, used = self._running, len(self._running) + len(self._filling)
        wide = self._steps.rows(used)
        self._slots.fit(wide if self._slots.holds(wide, self._width) else used, self._width, used)
        spare = [row.done for row in self._filling]
        logits = self._steps.step([row.ids[-1] for row in rows], [row.done for row in rows], spare)
        for row in rows:
            row.done += 1
        self._take(list(rows), logits)

    @property
    def _width(self) -> int:
        return max(len(row.ids) for row in (*self._running, *self._filling)) + 1

    def _put_back(self) -> None:
        """The cache is full: the answer that came last waits again, and will be read anew with what it has said."""
        row = (self._filling or self._running).pop()
        row.done, row.due = 0, 0.0
        with self._changed:
            self._waiting.append(row)

    def _take(self, rows: Sequence[Row], logits: torch.Tensor) -> None:
        picked = pick(logits, [row.sampler for row in rows])
        self._drop([row for row, one in zip(rows, picked, strict=True) if row.add(one, self.ends)])

    def _drop(self, rows: Sequence[Row], left: bool = False) -> None:
        """Take rows out, keeping what is of use again; others move up, so that the rows in use are the first."""
        for row in rows:
            place, last = self._running.index(row), len(self._running) - 1
            known = min(row.done, len(row.ask.ids)) if left else row.done  # nobody goes on from half an answer
            if known <= self._kept.limit and not row.ask.prompt_logprobs:
                self._kept.add(row.ids[:known], self._slots.take(place, known))
            if place < last:
                self._slots.move(last, place, self._running[last].done)
                self._running[place] = self._running[last]
            self._running.pop()
            if self._filling:
                moved = self._filling.pop()
                self._slots.move(last + 1 + len(self._filling), last, moved.done)
                self._filling.insert(0, moved)

    def _give_up(self, row: Row) -> None:
        """Stop reading a prompt; the last of those being read takes its place."""
        place, last = self._filling.index(row), len(self._filling) - 1
        if place < last:
            moved = self._filling[place] = self._filling[last]
            self._slots.move(len(self._running) + last, len(self._running) + place, moved.done)
        self._filling.pop()
