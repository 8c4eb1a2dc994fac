"""Continuous batching: answers of any length and settings share every step of one model, and come and go between steps.

All work on the model is done by one thread. `submit` gives it a prompt from any thread, `stream` from an event loop.
"""

import asyncio
import atexit
import threading
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from functools import partial
from typing import Any

import torch

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.errors import ModelError
from orca2.inference.cuda_graphs import GraphedDecoder
from orca2.inference.kv_cache.batched import COLUMNS, BatchedKVCache, KVSegment, supports_batched_cache
from orca2.inference.kv_cache.prefix_cache import PrefixCache, longest_common_prefix
from orca2.inference.limits import EngineLimits, engine_limits
from orca2.inference.openmp import release_omp_threads
from orca2.inference.requests import GenerationRequest, RunningRequest, StreamChunk, prefill_columns
from orca2.inference.sampling import sample

CALL = 32  # ids: reading fewer takes as long, so with so many in common a prompt waits for the one before it
SCORED = 512  # ids of prompts whose log-probabilities are wanted, in one call: all their logits lie in memory


class Scheduler:
    """`model` is one that `transformers` loaded; `ends` are the ids that end an answer."""

    def __init__(self, model: Any, chat: ChatCodec, ends: Collection[int], limits: EngineLimits | None = None) -> None:
        self.model, self.chat, self.ends = model, chat, frozenset(ends)
        self.limits = limits or engine_limits(model)
        config = model.config.get_text_config()
        if not supports_batched_cache(config):
            kinds = ", ".join(sorted(set(config.layer_types)))
            raise ModelError(f"layers of these kinds cannot share a batch: {kinds}; use `orca2 chat`, or vLLM")
        self.context: int = getattr(config, "max_position_embeddings", 1 << 20)
        self._max_tokens = max(self.limits.tokens, -(-min(self.context, 1 << 20) // COLUMNS) * COLUMNS)
        self._prefix_cache = PrefixCache(self.limits.prefix_tokens)
        self._reset_cache()
        self._waiting: list[RunningRequest] = []
        self._running: list[RunningRequest] = []  # row i of the cache is the i-th; each lacks only its last id there
        self._prefilling: list[RunningRequest] = []  # the rows after them, whose prompts are being read
        self._changed, self._closed = threading.Condition(), False
        release_omp_threads()
        self._thread = threading.Thread(target=self._run, name="orca2-scheduler", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread within torch would abort the process that ends

    @property
    def load(self) -> tuple[int, int, int]:
        """How many answers are under way, how many wait, and how many tokens are kept of ended ones."""
        return len(self._running) + len(self._prefilling), len(self._waiting), self._prefix_cache.tokens

    def submit(self, request: GenerationRequest, on_chunk: Callable[[StreamChunk], None]) -> RunningRequest:
        """Have a prompt continued; `on_chunk` gets the chunks in the scheduler's thread, and must be quick."""
        prompt, new = len(request.ids), request.max_tokens
        if not prompt or new < 0 or prompt + new > self.context:
            raise ValueError(f"{prompt} prompt tokens and {new} new ones do not fit {self.context}")
        row = RunningRequest(request, self.chat, on_chunk)
        with self._changed:
            if self._closed:
                raise ModelError("the scheduler is closed")
            self._waiting.append(row)
            self._changed.notify()
        return row

    async def stream(self, requests: Sequence[GenerationRequest]) -> AsyncIterator[tuple[int, StreamChunk]]:
        """(index of the request, chunk) of some answers as they come; leaving the loop cancels the rest."""
        loop, queue = asyncio.get_running_loop(), asyncio.Queue[tuple[int, StreamChunk]]()

        def put(index: int, chunk: StreamChunk) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, (index, chunk))

        rows = [self.submit(request, partial(put, index)) for index, request in enumerate(requests)]
        left = len(rows)
        try:
            while left:
                index, chunk = await queue.get()
                left -= chunk.finish is not None
                yield index, chunk
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
    def _run(self) -> None:
        while True:
            with self._changed:
                while not (self._closed or self._waiting or self._running or self._prefilling):
                    self._changed.wait()
                if self._closed:
                    return self._fail("the server is stopping")
            try:
                self._iterate()
            except Exception as error:  # above all out of memory: whoever asks next finds a scheduler that works
                self._reset_cache()
                self._prefix_cache.clear()
                self._fail(f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")

    def _reset_cache(self) -> None:
        self._cache = BatchedKVCache(self._max_tokens)
        self._decoder = GraphedDecoder(self.model, self._cache)

    def _fail(self, why: str) -> None:
        with self._changed:
            rows = [*self._running, *self._prefilling, *self._waiting]
            self._running, self._prefilling = [], []
            self._waiting.clear()
        for row in rows:
            row.emit(why, "error")

    def _iterate(self) -> None:
        """Drop who has left, read some of the prompts that wait, and add one id to each answer."""
        with self._changed:
            self._waiting = [row for row in self._waiting if not row.cancelled]
        for row in [row for row in self._prefilling if row.cancelled]:
            self._abort_prefill(row)
        self._remove([row for row in self._running if row.cancelled], left=True)
        self._prefill()
        if self._running:
            self._decode_step()

    def _prefill(self) -> None:
        left = self.limits.prefill_chunk
        while left > 0:
            while self._wants_prompts(left) and self._admit():
                pass
            if not self._prefilling:
                return
            most = min(left, SCORED) if self._prefilling[0].needs_prompt_logprobs else left
            rows = self._prefill_group(most)
            read = self._prefill_batch(rows) if len(rows) > 1 else self._prefill_one(rows[0], most)
            left -= max(read, CALL)

    def _wants_prompts(self, left: int) -> bool:
        uncomputed = sum(row.num_uncomputed for row in self._prefilling)
        return len(self._prefilling) < self.limits.prefill_rows and uncomputed < left

    def _prefill_group(self, left: int) -> list[RunningRequest]:
        """The first of the rows being read, and those after it that can be read to their ends in the same call."""
        rows, total = self._prefilling[:1], len(self._running) + len(self._prefilling)
        for row in self._prefilling[1:]:
            most = max(other.num_uncomputed for other in (*rows, row))
            alike = row.needs_prompt_logprobs == rows[0].needs_prompt_logprobs
            fits = self._cache.can_allocate(total, prefill_columns((*rows, row)))
            if not alike or (len(rows) + 1) * most > left or not fits:
                break
            rows.append(row)
        return rows

    def _prefill_one(self, row: RunningRequest, left: int) -> int:
        """Some of one prompt; how much."""
        start, stop, row_index = row.num_computed, min(row.num_computed + left, len(row.ids)), len(self._running)
        ids = torch.tensor([row.ids[start:stop]], device=self.model.device)
        positions = torch.arange(start, stop, device=self.model.device)[None]
        every = row.needs_prompt_logprobs
        logits = self._decoder.forward(ids, slice(row_index, row_index + 1), slice(start, stop), positions, stop, every)
        row.num_computed = stop
        if every:
            logits = self._score_prompts([row], [start], logits)
        if stop == len(row.ids):
            self._promote([row], logits)
        return stop - start

    def _prefill_batch(self, rows: Sequence[RunningRequest]) -> int:
        """Several prompts to their ends; how many ids that took.

        A shorter one has ids of no meaning before its own, which are written to columns after them: none sees those
        until they are written anew.
        """
        most, row_index = max(row.num_uncomputed for row in rows), len(self._running)
        total = row_index + len(self._prefilling)
        self._cache.reserve(total, prefill_columns(rows), total)
        ids, columns, starts = [], [], [row.num_computed for row in rows]
        for row in rows:
            end = len(row.ids)
            ids.append([*[0] * (most - row.num_uncomputed), *row.ids[row.num_computed :]])
            columns.append([*range(end, row.num_computed + most), *range(row.num_computed, end)])
            row.num_computed = end
        where, every = torch.tensor(columns, device=self.model.device), rows[0].needs_prompt_logprobs
        feed, positions = torch.tensor(ids, device=self.model.device), where.clamp(max=self.context - 1)
        targets = slice(row_index, row_index + len(rows))
        logits = self._decoder.forward(feed, targets, where, positions, max(map(max, columns)) + 1, every)
        self._promote(rows, self._score_prompts(rows, starts, logits) if every else logits)
        return len(rows) * most

    def _score_prompts(
        self, rows: Sequence[RunningRequest], starts: Sequence[int], logits: torch.Tensor
    ) -> torch.Tensor:
        """Give rows the logits (rows, tokens, vocabulary) after what was read; those after the last ids are left."""
        for row, start, own in zip(rows, starts, logits, strict=True):
            row.score(start, own[start - row.num_computed :])
        return logits[:, -1]

    def _promote(self, rows: Sequence[RunningRequest], logits: torch.Tensor) -> None:
        """The first of those being read have been, and get their first ids."""
        del self._prefilling[: len(rows)]
        self._running.extend(rows)
        self._sample_next(rows, logits)

    def _admit(self) -> bool:
        """Give the next prompt that waits a row, with as much of it as some cache holds already."""
        before = [*self._running, *self._prefilling]
        with self._changed:
            if not self._waiting or len(before) == self.limits.rows:
                return False
            row = min(self._waiting, key=lambda other: other.deadline)
            width = max(len(other.ids) for other in (*before, row)) + COLUMNS
            if before and not self._cache.can_allocate(len(before) + 1, width):
                return False
            known = self._find_prefix(row)
            begun = [] if row.needs_prompt_logprobs else [other.ids for other in self._prefilling]
            if longest_common_prefix(row.ids, begun)[1] >= known[0] + CALL:
                return False
            self._waiting.remove(row)
        self._cache.reserve(len(before) + 1, max(len(other.ids) for other in (*before, row)) + 1, len(before))
        self._copy_prefix(row, len(before), *known)
        self._prefilling.append(row)
        return True

    def _find_prefix(self, row: RunningRequest) -> tuple[int, RunningRequest | KVSegment]:
        """How many ids of a prompt, all but its last, some cache holds, and which."""
        if row.needs_prompt_logprobs:  # what is taken from a cache has no logits
            return 0, []
        segment, kept = self._prefix_cache.find(row.ids[:-1])
        computed = [other.ids[: other.num_computed] for other in self._running]
        row_index, best = longest_common_prefix(row.ids[:-1], computed)
        return (best, self._running[row_index]) if best > kept else (kept, segment)

    def _copy_prefix(self, row: RunningRequest, row_index: int, count: int, source: RunningRequest | KVSegment) -> None:
        """Copy what is known of a prompt."""
        if isinstance(source, RunningRequest):
            self._cache.copy_rows(self._running.index(source), row_index, count)
        elif count:
            self._cache.copy_in(row_index, source, count)
        row.num_computed = count
        row.reused = count if row.reused is None else row.reused

    def _decode_step(self) -> None:
        while len(self._running) > 1 and not self._cache.can_allocate(self.load[0], self._width):
            self._preempt()
        rows, used = self._running, self.load[0]
        wide = self._decoder.padded_rows(used)
        self._cache.reserve(wide if self._cache.can_allocate(wide, self._width) else used, self._width, used)
        spare = [row.num_computed for row in self._prefilling]
        logits = self._decoder.decode_step([row.ids[-1] for row in rows], [row.num_computed for row in rows], spare)
        for row in rows:
            row.num_computed += 1
        self._sample_next(list(rows), logits)

    @property
    def _width(self) -> int:
        return max(len(row.ids) for row in (*self._running, *self._prefilling)) + 1

    def _preempt(self) -> None:
        """The cache is full: the answer that came last waits again, and will be read anew with what it has said."""
        row = (self._prefilling or self._running).pop()
        row.num_computed, row.deadline = 0, 0.0
        with self._changed:
            self._waiting.append(row)

    def _sample_next(self, rows: Sequence[RunningRequest], logits: torch.Tensor) -> None:
        sampled = sample(logits, [row.sampler for row in rows])
        self._remove([row for row, token in zip(rows, sampled, strict=True) if row.add(token, self.ends)])

    def _remove(self, rows: Sequence[RunningRequest], left: bool = False) -> None:
        """Take rows out, keeping what is of use again; others move up, so that the rows in use are the first."""
        for row in rows:
            row_index, last = self._running.index(row), len(self._running) - 1
            # nobody goes on from half an answer
            reusable = min(row.num_computed, len(row.request.ids)) if left else row.num_computed
            if reusable <= self._prefix_cache.limit and not row.request.prompt_logprobs:
                self._prefix_cache.add(row.ids[:reusable], self._cache.copy_out(row_index, reusable))
            if row_index < last:
                self._cache.copy_rows(last, row_index, self._running[last].num_computed)
                self._running[row_index] = self._running[last]
            self._running.pop()
            if self._prefilling:
                moved = self._prefilling.pop()
                self._cache.copy_rows(last + 1 + len(self._prefilling), last, moved.num_computed)
                self._prefilling.insert(0, moved)

    def _abort_prefill(self, row: RunningRequest) -> None:
        """Stop reading a prompt; the last of those being read takes its place."""
        row_index, last = self._prefilling.index(row), len(self._prefilling) - 1
        if row_index < last:
            moved = self._prefilling[row_index] = self._prefilling[last]
            self._cache.copy_rows(len(self._running) + last, len(self._running) + row_index, moved.num_computed)
        self._prefilling.pop()
