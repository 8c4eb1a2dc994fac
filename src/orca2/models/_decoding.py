"""Batch decoding with a key-value cache; rows that have finished leave the batch at once.

`transformers`' own `generate` keeps computing every finished row until the longest one ends.
"""

from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from orca2.models._bounds import bounds_for
from orca2.models._llama_rows import LlamaRows

BATCH_TOKENS = 32_768  # rows x (prompt + new tokens): bounds the cache
BATCH_ROWS = 128
ROWS = 64  # more do not make the products of a step any faster on a CPU


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt to continue. `index` is the caller's."""

    index: int
    ids: list[int]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0


def batches(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Group jobs of like length, as many as the bounds allow."""
    batch: list[Job] = []
    for job in sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)):
        size = len(job.ids) + job.max_tokens  # the longest so far
        if batch and (len(batch) == BATCH_ROWS or (len(batch) + 1) * size > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


@torch.inference_mode()
def decode_rows(model: Any, jobs: Sequence[Job], stop: Collection[int]) -> Iterator[tuple[Job, list[int]]]:
    """As `batches` and `decode`, for a model that `LlamaRows` takes: a row that has finished gives its place to the
    next prompt, so that no step is taken for few rows while others wait."""
    waiting = deque(sorted(jobs, key=lambda job: (len(job.ids) + job.max_tokens, job.index)))
    most = min(ROWS, len(waiting))
    tokens = min(BATCH_TOKENS, bounds_for(model).tokens)
    rows, active, said = LlamaRows(model), list[Job](), dict[int, list[int]]()
    generators = {job.index: torch.Generator().manual_seed(job.seed) for job in jobs if job.temperature > 0}

    def ended(job: Job, token: int) -> bool:
        said[job.index].append(token)
        return token in stop or len(said[job.index]) >= job.max_tokens

    while waiting or active:
        while waiting and len(active) < most:
            job = waiting[0]
            if active and (len(active) + 1) * (len(job.ids) + job.max_tokens) > tokens:
                break
            waiting.popleft()
            said[job.index] = []
            first = rows.read(len(active), job.ids)
            if ended(job, int(_pick(first, [job], generators)[0])):
                yield job, said.pop(job.index)
            else:
                active.append(job)
        if not active:
            continue
        following = _pick(rows.step([said[job.index][-1] for job in active]), active, generators).tolist()
        done = [place for place, job in enumerate(active) if ended(job, following[place])]
        for place in reversed(done):
            job, last = active[place], active.pop()
            if place < len(active):
                rows.move(len(active), place)
                active[place] = last
            yield job, said.pop(job.index)


@torch.inference_mode()
def decode(model: Any, batch: Sequence[Job], stop: Collection[int], pad: int) -> Iterator[tuple[Job, list[int]]]:
    """Yield each job with its new ids as it finishes; the stop id, if reached, is their last."""
    device, width = model.device, max(len(job.ids) for job in batch)
    ids = torch.tensor([[pad] * (width - len(job.ids)) + job.ids for job in batch], device=device)
    mask = torch.tensor([[0] * (width - len(job.ids)) + [1] * len(job.ids) for job in batch], device=device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    generators = {job.index: torch.Generator().manual_seed(job.seed) for job in batch if job.temperature > 0}
    rows, new = list(batch), {job.index: list[int]() for job in batch}
    output = model(ids, attention_mask=mask, position_ids=positions, use_cache=True, logits_to_keep=1)
    while True:
        following = _pick(output.logits[:, -1].float(), rows, generators)
        keep = []
        for row, (job, token) in enumerate(zip(rows, following.tolist(), strict=True)):
            new[job.index].append(token)
            if token in stop or len(new[job.index]) >= job.max_tokens:
                yield job, new[job.index]
            else:
                keep.append(row)
        if not keep:
            return
        cache, last = output.past_key_values, positions[:, -1:]
        if len(keep) < len(rows):
            index = torch.tensor(keep, device=device)
            cache.batch_select_indices(index)
            mask, last, following = mask[index], last[index], following[index]
            rows = [rows[row] for row in keep]
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
    for row, job in enumerate(rows):
        if job.temperature > 0:
            weights = torch.softmax(logits[row].cpu() / job.temperature, -1)
            picked[row] = torch.multinomial(weights, 1, generator=generators[job.index]).item()
    return picked
