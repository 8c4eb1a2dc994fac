"""Batch decoding with a key-value cache; rows that have finished leave the batch.

`transformers`' own `generate` keeps computing every finished row until the longest one ends. On a CPU a row leaves at
once. On a GPU a step of few rows takes as long as one of many and leaving copies the cache, so they leave together.
Models that `make_rows` knows rows for go a faster way.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from orca2.checkpoints.free_memory import free_memory
from orca2.inference.graphed_rows import CHUNK, GraphedRows, supports_graphed_rows
from orca2.inference.limits import engine_limits, kv_bytes
from orca2.inference.llama_rows import LlamaRows, supports_llama_rows
from orca2.inference.sampling import Sampler, Sampling, sample

BATCH_TOKENS = 32_768  # rows x (prompt + new tokens): bounds the cache
BATCH_ROWS = 128
GPU_ROWS = 2048
GPU_SHARE = 0.25  # of the memory that is free, for the cache; a first pass over long prompts takes as much again
MIN_FINISHED_SHARE = 0.125  # share of the rows that has to have finished before they leave, on a GPU
ROWS = 64  # more do not make the products of a step any faster on a CPU
GRAPHED_ROWS = 512


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt to continue. `index` is the caller's."""

    index: int
    ids: list[int]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """Of a batch: rows x (prompt + new tokens), rows, and the share that has to have finished before rows leave.

    `prefill_chunk` ids of prompts are read in one call, or one prompt.
    """

    tokens: int = BATCH_TOKENS
    rows: int = BATCH_ROWS
    min_finished_share: float = 0.0
    prefill_chunk: int = 0


def batch_limits(model: Any, tokens: int = 0) -> BatchLimits:
    """What a model's device takes at once: so many tokens if given, else what its free memory holds."""
    if model.device.type != "cuda":
        return BatchLimits(tokens or BATCH_TOKENS)
    free = free_memory(model.device) or 0
    each = kv_bytes(model.config.get_text_config(), itemsize=2)
    return BatchLimits(tokens or max(BATCH_TOKENS, int(GPU_SHARE * free / each)), GPU_ROWS, MIN_FINISHED_SHARE)


def rows_at_once(model: Any) -> int:
    """How many rows a step of `decode_rows` or `decode` is made for; a batch of long ones has fewer."""
    if supports_llama_rows(model):
        return ROWS
    return GRAPHED_ROWS if supports_graphed_rows(model) else batch_limits(model).rows


def batches(jobs: Sequence[Job], limits: BatchLimits = BatchLimits()) -> Iterator[list[Job]]:
    """Group jobs of like length, as many as the bounds allow."""
    batch: list[Job] = []
    for job in sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)):
        size = len(job.ids) + job.max_tokens  # the longest so far
        if batch and (len(batch) == limits.rows or (len(batch) + 1) * size > limits.tokens):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


class DecodingRows(Protocol):
    """Rows of a key-value cache, of which those in use are the first."""

    lengths: list[int]

    def prefill(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor: ...

    def decode_step(self, ids: Sequence[int]) -> torch.Tensor: ...

    def copy_rows(self, sources: Sequence[int], targets: Sequence[int]) -> None: ...


def make_rows(model: Any, jobs: Sequence[Job], tokens: int = 0) -> tuple[DecodingRows, BatchLimits] | None:
    """Rows for these jobs, and bounds as `batch_limits` gives them; None for a model that goes neither way."""
    if supports_llama_rows(model):
        limits = BatchLimits(tokens or min(BATCH_TOKENS, engine_limits(model).tokens), ROWS)
        return LlamaRows(model), limits
    if supports_graphed_rows(model):
        limits = BatchLimits(
            tokens or engine_limits(model, GRAPHED_ROWS).tokens, GRAPHED_ROWS, MIN_FINISHED_SHARE, CHUNK
        )
        max_new_tokens = max((job.max_tokens for job in jobs), default=0)
        return GraphedRows(model, min(limits.rows, len(jobs)), limits.tokens, max_new_tokens), limits
    return None


@torch.inference_mode()
def decode_rows(
    rows: DecodingRows, jobs: Sequence[Job], stop: Collection[int], limits: BatchLimits
) -> Iterator[tuple[Job, list[int]]]:
    """As `batches` and `decode`, on what `make_rows` gives: a row that has finished gives its place to the next prompt,
    so that no step is taken for few rows while others wait."""
    waiting = deque(sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)))
    active, new_ids = list[Job](), dict[int, list[int]]()  # those active that have said nothing have finished
    samplers = {job.index: Sampler(Sampling(job.temperature, seed=job.seed)) for job in jobs}
    while waiting or active:
        first_row = len(active)
        if fed := _next_prompts(waiting, first_row, limits):
            active += fed
            new_ids |= {job.index: [] for job in fed}
            logits = rows.prefill(first_row, [job.ids for job in fed])
        else:
            first_row, fed = 0, active
            logits = rows.decode_step([new_ids[job.index][-1] if job.index in new_ids else 0 for job in active])
        tokens = [one.id for one in sample(logits, [samplers[job.index] for job in fed])]
        for row, (job, token) in enumerate(zip(fed, tokens, strict=True), first_row):
            if (new := new_ids.get(job.index)) is None:
                continue
            new.append(token)
            if token in stop or len(new) >= job.max_tokens:
                del new_ids[job.index]
                rows.lengths[row] = 0
                yield job, new
        if len(new_ids) < len(active) * (1 - limits.min_finished_share):
            gaps = [row for row, job in enumerate(active[: len(new_ids)]) if job.index not in new_ids]
            others = [row for row, job in enumerate(active) if row >= len(new_ids) and job.index in new_ids]
            if gaps:
                rows.copy_rows(others, gaps)
            for source, target in zip(others, gaps, strict=True):
                active[target] = active[source]
            del active[len(new_ids) :]


def _next_prompts(waiting: deque[Job], used: int, limits: BatchLimits) -> list[Job]:
    """Take the jobs whose prompts are to be read now, in one call, beside `used` rows."""
    prompts: list[Job] = []
    while waiting and used + len(prompts) < limits.rows:
        job, count = waiting[0], len(prompts) + 1
        if prompts and count * max(len(other.ids) for other in (*prompts, job)) > limits.prefill_chunk:
            break
        if (used or prompts) and (used + count) * (len(job.ids) + job.max_tokens) > limits.tokens:
            break
        prompts.append(waiting.popleft())
    return prompts


@torch.inference_mode()
def decode(
    model: Any, batch: Sequence[Job], stop: Collection[int], pad: int, min_finished_share: float = 0.0
) -> Iterator[tuple[Job, list[int]]]:
    """Yield each job with its new ids as it finishes; the stop id, if reached, is their last."""
    device, width = model.device, max(len(job.ids) for job in batch)
    ids = torch.tensor([[pad] * (width - len(job.ids)) + job.ids for job in batch], device=device)
    mask = torch.tensor([[0] * (width - len(job.ids)) + [1] * len(job.ids) for job in batch], device=device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    samplers = {job.index: Sampler(Sampling(job.temperature, seed=job.seed)) for job in batch}
    rows, new = list(batch), {job.index: list[int]() for job in batch}
    live = [True] * len(batch)
    output = model(ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    while True:
        tokens = [one.id for one in sample(output.logits[:, -1], [samplers[job.index] for job in rows])]
        following = torch.tensor(tokens, device=device)
        for row, (job, token) in enumerate(zip(rows, tokens, strict=True)):
            if live[row]:
                new[job.index].append(token)
                if token in stop or len(new[job.index]) >= job.max_tokens:
                    live[row] = False
                    yield job, new[job.index]
        keep = [row for row, alive in enumerate(live) if alive]
        if not keep:
            return
        cache, last = output.past_key_values, positions[:, -1:]
        if len(keep) < len(rows) * (1 - min_finished_share):
            index = torch.tensor(keep, device=device)
            cache.batch_select_indices(index)
            mask, last, following = mask[index], last[index], following[index]
            rows, live = [rows[row] for row in keep], [True] * len(keep)
        mask = torch.cat([mask, mask.new_ones(len(rows), 1)], 1)
        positions = last + 1
        output = model(
            following[:, None],
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
        )
