"""Continuous batching: answers of any length and settings share every step of one model, and come and go between steps.

Everything that a local model answers goes this way. Requests go in with `add`, `step` does some work and tells each
request's reader what came of it. Who calls it is the one thread that works on the model.
"""

import heapq
from collections.abc import Collection, Sequence
from typing import Any

import torch

from orca2.inference.kv_cache.batched import COLUMNS, KVSegment
from orca2.inference.kv_cache.prefix_cache import PrefixCache, longest_common_prefix
from orca2.inference.limits import EngineLimits
from orca2.inference.requests import RunningRequest
from orca2.inference.rows import make_rows
from orca2.inference.sampling import sample

CALL = 32  # ids: reading fewer takes as long, so with so many in common a prompt waits for the one before it
SCORED = 512  # ids of prompts whose log-probabilities are wanted, in one call: all their logits lie in memory
LOOKED_AT = 16  # prompts that wait for another one's beginning before those after them are looked at no more
NEAR = 64  # rows, the last to begin, whose beginnings may be a prompt's own: copies of one come after another
BEGINNING = 256  # ids of a shared beginning that are kept in a batch


class Scheduler:
    """`model` is one that `transformers` loaded; `ends` are the ids that end an answer.

    `graphed` allows CUDA graphs, which a model that is trained on the way must not have.
    """

    def __init__(self, model: Any, ends: Collection[int], limits: EngineLimits, graphed: bool = True) -> None:
        self.model, self.ends, self.limits, self._graphed = model, frozenset(ends), limits, graphed
        self.context: int = getattr(model.config.get_text_config(), "max_position_embeddings", 1 << 20)
        self._max_tokens = max(limits.tokens, -(-min(self.context, 1 << 20) // COLUMNS) * COLUMNS)
        self._waiting: list[tuple[float, int, RunningRequest]] = []  # a heap
        self._count = self._longest = 0  # of those that ever waited: how many, and columns of the longest answer
        self.reset()

    def reset(self) -> list[RunningRequest]:
        """Start anew with empty caches; gives all that was under way or waited."""
        left = [*getattr(self, "_running", []), *getattr(self, "_prefilling", []), *(row for *_, row in self._waiting)]
        self._rows = make_rows(self.model, self._max_tokens, self._graphed)
        self._prefix_cache = PrefixCache(self.limits.prefix_tokens)
        self._waiting = []
        self._running: list[RunningRequest] = []  # row i of the cache is the i-th; each lacks only its last id there
        self._prefilling: list[RunningRequest] = []  # the rows after them, whose prompts are being read
        self._filled = 0  # rows under way when prompts were last let in
        return left

    @property
    def load(self) -> tuple[int, int, int]:
        """How many answers are under way, how many wait, and how many tokens are kept of ended ones."""
        return len(self._running) + len(self._prefilling), len(self._waiting), self._prefix_cache.tokens

    @property
    def idle(self) -> bool:
        return not (self._waiting or self._running or self._prefilling)

    def add(self, row: RunningRequest) -> None:
        self._count, self._longest = self._count + 1, max(self._longest, self._room(row))
        heapq.heappush(self._waiting, (row.priority, self._count, row))

    def drop_cancelled(self) -> None:
        """Those whose readers have left."""
        self._waiting = [entry for entry in self._waiting if not entry[2].cancelled]
        heapq.heapify(self._waiting)
        reading = [row for row in self._prefilling if not row.cancelled]
        if len(reading) < len(self._prefilling):
            self._settle(self._running, reading)
        self._remove([row for row in self._running if row.cancelled], left=True)

    @torch.inference_mode()
    def step(self) -> None:
        """Read some of the prompts that wait, and add one id to each answer."""
        self._prefill()
        if self._running:
            self._decode_step()

    def _prefill(self) -> None:
        left, batch = self.limits.prefill_chunk, self.limits.batch
        if batch and len(self._running) > self._filled * (1 - self.limits.refill_share):
            return
        while left > 0:
            while self._wants_prompts(left) and self._admit():
                pass
            if not self._prefilling:
                break
            most = min(left, SCORED) if self._prefilling[0].needs_prompt_logprobs else left
            read = self._read(self._prefill_group(most), most)
            left -= 0 if batch else max(read, CALL)
        self._filled = len(self._running)

    def _wants_prompts(self, left: int) -> bool:
        uncomputed = sum(row.num_uncomputed for row in self._prefilling)
        return len(self._prefilling) < self.limits.prefill_rows and uncomputed < left

    def _prefill_group(self, left: int) -> list[RunningRequest]:
        """The first of the rows being read, and those after it that can be read to their ends in the same call."""
        rows, total = self._prefilling[:1], len(self._running) + len(self._prefilling)
        held, most = rows[0].num_computed, rows[0].num_uncomputed
        for row in self._prefilling[1:]:
            held, most = max(held, row.num_computed), max(most, row.num_uncomputed)
            alike = row.needs_prompt_logprobs == rows[0].needs_prompt_logprobs
            fits = self._rows.cache.can_allocate(total, held + most)
            if not alike or (len(rows) + 1) * most > left or not fits:
                break
            rows.append(row)
        return rows

    def _read(self, rows: Sequence[RunningRequest], most: int) -> int:
        """Read some of one prompt, or several to their ends; how many ids that took. Those read get their first id."""
        starts = [row.num_computed for row in rows]
        parts = [row.ids[start : start + most] for row, start in zip(rows, starts, strict=True)]
        total = len(self._running) + len(self._prefilling)
        self._rows.cache.reserve(total, max(starts) + max(map(len, parts)), self._ahead(total))
        every = rows[0].needs_prompt_logprobs
        logits = self._rows.prefill(len(self._running), parts, starts, every)
        for row, start, part, own in zip(rows, starts, parts, logits, strict=True):
            row.num_computed += len(part)
            if every:
                row.score(start, own)
        if rows[0].num_uncomputed == 0:
            del self._prefilling[: len(rows)]
            self._running.extend(rows)
            self._sample_next(rows, torch.stack([own[-1] for own in logits]))
        return len(rows) * max(map(len, parts))

    def _admit(self) -> bool:
        """Give the next prompt that waits a row, with as much of it as some cache holds already.

        One that another prompt is just being read for waits for that one, and lets those after it go before.
        """
        passed: list[tuple[float, int, RunningRequest]] = []
        try:
            while self._waiting and len(passed) < LOOKED_AT:
                passed.append(heapq.heappop(self._waiting))
                row, before, cache = passed[-1][2], [*self._running, *self._prefilling], self._rows.cache
                # in a batch the longest comes last
                room = max(self._room(other) for other in ([row] if self.limits.batch else [*before, row]))
                if before and not (len(before) < self.limits.rows and cache.can_allocate(len(before) + 1, room)):
                    return False
                known = self._find_prefix(row)
                begun = [other.ids for other in self._prefilling[-NEAR:]] if self._can_share(row) else []
                if longest_common_prefix(row.ids, begun)[1] >= known[0] + max(CALL, self._rows.shared_from):
                    continue
                passed.pop()
                if len(before) >= cache.rows or len(row.ids) >= cache.width:
                    width = max(len(other.ids) for other in (*before, row)) + 1
                    cache.reserve(len(before) + 1, width, self._ahead(len(before) + 1))
                self._copy_prefix(row, len(before), *known)
                self._prefilling.append(row)
                return True
            return False
        finally:
            for entry in passed:
                heapq.heappush(self._waiting, entry)

    def _room(self, row: RunningRequest) -> int:
        """Columns that have to be there for a row to begin: for all of it, where nobody waits for its next id."""
        return len(row.request.ids) + row.request.max_tokens if self.limits.batch else len(row.ids) + COLUMNS

    def _ahead(self, rows: int) -> tuple[int, int]:
        """Room to make at once in a batch: when the cache grows, all that it holds moves, and graphs are lost."""
        if not self.limits.batch:
            return 0, 0
        return min(self.limits.rows, rows + len(self._waiting)), self._longest

    def _can_share(self, row: RunningRequest) -> bool:
        """What is taken from a cache has no logits."""
        return bool(self._rows.shared_from) and not row.needs_prompt_logprobs

    def _find_prefix(self, row: RunningRequest) -> tuple[int, RunningRequest | KVSegment]:
        """How many ids of a prompt, all but its last, some cache holds, and which."""
        if not self._can_share(row):
            return 0, []
        ids = row.ids[:-1]
        segment, kept = self._prefix_cache.find(ids)
        near = self._running[-NEAR:]
        index, best = longest_common_prefix(ids, [other.ids for other in near], kept)
        if best > kept:
            best = min(best, near[index].num_computed)
        if max(best, kept) < self._rows.shared_from:
            return 0, []
        if best <= kept:
            return kept, segment
        if self.limits.batch and (count := min(best, BEGINNING)) > kept:
            row_index = self._running.index(near[index])
            self._prefix_cache.add(ids[:count], self._rows.cache.copy_out(row_index, count))
        return best, near[index]

    def _copy_prefix(self, row: RunningRequest, row_index: int, count: int, source: RunningRequest | KVSegment) -> None:
        """Copy what is known of a prompt."""
        if isinstance(source, RunningRequest):
            self._rows.cache.copy_rows([self._running.index(source)], [row_index], count)
        elif count:
            self._rows.cache.copy_in(row_index, source, count)
        row.num_computed = count
        row.reused = count if row.reused is None else row.reused

    def _decode_step(self) -> None:
        cache = self._rows.cache
        while not cache.can_allocate(self.load[0], width := self._width) and len(self._running) > 1:
            self._preempt()
        rows, used = self._running, self.load[0]
        wide = used if self.limits.batch else self._rows.padded_rows(used)
        wide = wide if cache.can_allocate(wide, width) else used
        cache.reserve(wide, width, self._ahead(wide))
        spare = [row.num_computed for row in self._prefilling]
        logits = self._rows.decode_step([row.ids[-1] for row in rows], [row.num_computed for row in rows], spare)
        for row in rows:
            row.num_computed += not row.finished
        self._sample_next(list(rows), logits)

    @property
    def _width(self) -> int:
        return max(len(row.ids) for row in (*self._running, *self._prefilling)) + 1

    def _preempt(self) -> None:
        """The cache is full: the answer that came last waits again, and will be read anew with what it has said."""
        row = (self._prefilling or self._running).pop()
        row.num_computed, row.priority = 0, 0.0
        self.add(row)

    def _sample_next(self, rows: Sequence[RunningRequest], logits: torch.Tensor) -> None:
        for row, token in zip(rows, sample(logits, [row.sampler for row in rows]), strict=True):
            row.add(token, self.ends)
        finished = [row for row in self._running if row.finished]
        if len(finished) >= self.limits.refill_share * len(self._running):
            self._remove(finished)

    def _remove(self, rows: Sequence[RunningRequest], left: bool = False) -> None:
        """Take rows out, keeping what is of use again; others move up, so that the rows in use are the first."""
        if not rows:
            return
        gone = set(rows)
        for row_index, row in enumerate(self._running if self._rows.shared_from and not self.limits.batch else ()):
            if row not in gone or row.request.prompt_logprobs:
                continue
            # nobody goes on from half an answer
            reusable = min(row.num_computed, len(row.request.ids)) if left else row.num_computed
            if reusable <= self._prefix_cache.limit:
                self._prefix_cache.add(row.ids[:reusable], self._rows.cache.copy_out(row_index, reusable))
        count = len(self._running) - len(gone)
        moving = iter([row for row in self._running[count:] if row not in gone])
        self._settle([next(moving) if row in gone else row for row in self._running[:count]], self._prefilling)

    def _settle(self, running: list[RunningRequest], prefilling: list[RunningRequest]) -> None:
        """These rows stay; what they hold goes where they stand now, from the first on."""
        places = {row: place for place, row in enumerate((*self._running, *self._prefilling))}
        moves = [(places[row], place) for place, row in enumerate((*running, *prefilling)) if places[row] != place]
        if moves:
            length = max(row.num_computed for row in (*running, *prefilling))
            self._rows.cache.copy_rows([source for source, _ in moves], [target for _, target in moves], length)
        self._running, self._prefilling = running, prefilling
