"""Batch decoding with a key-value cache; rows that have finished leave the batch.

`transformers`' own `generate` keeps computing every finished row until the longest one ends. On a CPU a row leaves at
once. On a GPU a step of few rows takes as long as one of many and leaving copies the cache, so they leave together.
Models that `rows_for` knows rows for go a faster way.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch

from orca2.inference.limits import bounds_for
from orca2.inference.llama_rows import LlamaRows, fits
from orca2.inference.slot_rows import CHUNK, SlotRows, takes

BATCH_TOKENS = 32_768  # rows x (prompt + new tokens): bounds the cache
BATCH_ROWS = 128
GPU_ROWS = 2048
GPU_SHARE = 0.25  # of the memory that is free, for the cache; a first pass over long prompts takes as much again
LEAVING = 0.125  # share of the rows that has to have finished before they leave, on a GPU
ROWS = 64  # more do not make the products of a step any faster on a CPU
SLOT_ROWS = 512


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt to continue. `index` is the caller's."""

    index: int
    ids: list[int]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a batch: rows x (prompt + new tokens), rows, and the share that has to have finished before rows leave.

    `chunk` ids of prompts are read in one call, or one prompt.
    """

    tokens: int = BATCH_TOKENS
    rows: int = BATCH_ROWS
    leaving: float = 0.0
    chunk: int = 0


def bounds(model: Any, tokens: int = 0) -> Bounds:
    """What a model's device takes at once: so many tokens if given, else what its free memory holds."""
    if model.device.type != "cuda":
        return Bounds(tokens or BATCH_TOKENS)
    config = model.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    each = 2 * config.num_hidden_layers * heads * size * 2  # key and value, in two bytes a number
    free, _ = torch.cuda.mem_get_info(model.device)
    return Bounds(tokens or max(BATCH_TOKENS, int(GPU_SHARE * free / each)), GPU_ROWS, LEAVING)


def batches(jobs: Sequence[Job], most: Bounds = Bounds()) -> Iterator[list[Job]]:
    """Group jobs of like length, as many as the bounds allow."""
    batch: list[Job] = []
    for job in sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)):
        size = len(job.ids) + job.max_tokens  # the longest so far
        if batch and (len(batch) == most.rows or (len(batch) + 1) * size > most.tokens):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


class Rows(Protocol):
    """Rows of a key-value cache, of which those in use are the first."""

    lengths: list[int]

    def read(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor: ...

    def step(self, ids: Sequence[int]) -> torch.Tensor: ...

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None: ...


def rows_for(model: Any, jobs: Sequence[Job], tokens: int = 0) -> tuple[Rows, Bounds] | None:
    """Rows for these jobs, and bounds as `bounds` gives them; None for a model that goes neither way."""
    if fits(model):
        most = Bounds(tokens or min(BATCH_TOKENS, bounds_for(model).tokens), ROWS)
        return LlamaRows(model), most
    if takes(model):
        most = Bounds(tokens or bounds_for(model, SLOT_ROWS).tokens, SLOT_ROWS, LEAVING, CHUNK)
        ahead = max((job.max_tokens for job in jobs), default=0)
        return SlotRows(model, min(most.rows, len(jobs)), most.tokens, ahead), most
    return None


@torch.inference_mode()
def decode_rows(
    rows: Rows, jobs: Sequence[Job], stop: Collection[int], most: Bounds
) -> Iterator[tuple[Job, list[int]]]:
    """As `batches` and `decode`, on what `rows_for` gives: a row that has finished gives its place to the next prompt,
    so that no step is taken for few rows while others wait."""
    waiting = deque(sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)))
    active, said = list[Job](), dict[int, list[int]]()  # those active that have said nothing have finished
    generators = {job.index: torch.Generator().manual_seed(job.seed) for job in jobs if job.temperature > 0}
    while waiting or active:
        place = len(active)
        if fed := _next(waiting, place, most):
            active += fed
            said |= {job.index: [] for job in fed}
            logits = rows.read(place, [job.ids for job in fed])
        else:
            place, fed = 0, active
            logits = rows.step([said[job.index][-1] if job.index in said else 0 for job in active])
        for row, (job, token) in enumerate(zip(fed, _pick(logits, fed, generators).tolist(), strict=True), place):
            if (new := said.get(job.index)) is None:
                continue
            new.append(token)
            if token in stop or len(new) >= job.max_tokens:
                del said[job.index]
                generators.pop(job.index, None)
                rows.lengths[row] = 0
                yield job, new
        if len(said) < len(active) * (1 - most.leaving):
            gaps = [row for row, job in enumerate(active[: len(said)]) if job.index not in said]
            others = [row for row, job in enumerate(active) if row >= len(said) and job.index in said]
            if gaps:
                rows.move(others, gaps)
            for source, target in zip(others, gaps, strict=True):
                active[target] = active[source]
            del active[len(said) :]


def _next(waiting: deque[Job], used: int, most: Bounds) -> list[Job]:
    """Take the jobs whose prompts are to be read now, in one call, beside `used` rows."""
    found: list[Job] = []
    while waiting and used + len(found) < most.rows:
        job, count = waiting[0], len(found) + 1
        if found and count * max(len(one.ids) for one in (*found, job)) > most.chunk:
            break
        if (used or found) and (used + count) * (len(job.ids) + job.max_tokens) > most.tokens:
            break
        found.append(waiting.popleft())
    return found


@torch.inference_mode()
def decode(
    model: Any, batch: Sequence[Job], stop: Collection[int], pad: int, leaving: float = 0.0
) -> Iterator[tuple[Job, list[int]]]:
    """Yield each job with its new ids as it finishes; the stop id, if reached, is their last."""
    device, width = model.device, max(len(job.ids) for job in batch)
    ids = torch.tensor([[pad] * (width - len(job.ids)) + job.ids for job in batch], device=device)
    mask = torch.tensor([[0] * (width - len(job.ids)) + [1] * len(job.ids) for job in batch], device=device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    generators = {job.index: torch.Generator().manual_seed(job.seed) for job in batch if job.temperature > 0}
    rows, new = list(batch), {job.index: list[int]() for job in batch}
    live = [True] * len(batch)
    output = model(ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    while True:
        following = _pick(output.logits[:, -1].float(), rows, generators)
        for row, (job, token) in enumerate(zip(rows, following.tolist(), strict=True)):
            if live[row]:
                new[job.index].append(token)
                if token in stop or len(new[job.index]) >= job.max_tokens:
                    live[row] = False
                    yield job, new[job.index]
        keep = [row for row, alive in enumerate(live) if alive]
        if not keep:
            return
        cache, last = output.past_key_values, positions[:, -1:]
        if len(keep) < len(rows) * (1 - leaving):
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


def _pick(logits: torch.Tensor, rows: Sequence[Job], generators: dict[int, torch.Generator]) -> torch.Tensor:
    """The next id of each row: the likeliest, or one drawn at the row's temperature and seed."""
    picked = logits.max(-1).indices  # the first of equal ones, as argmax, in a quarter of its time
    drawn = [row for row, job in enumerate(rows) if job.index in generators]
    if drawn:
        heated = logits[drawn].cpu().float()  # in one copy
        ids = [
            torch.multinomial(torch.softmax(each / rows[row].temperature, -1), 1, generator=generators[rows[row].index])
            for row, each in zip(drawn, heated, strict=True)
        ]
        picked[drawn] = torch.cat(ids).to(picked.device)
    return picked
