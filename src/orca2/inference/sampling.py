"""The next id of each row of a batch, each row by its own settings: greedy or drawn, with log-probabilities if asked.

All rows are drawn at once, where their logits lie. A drawn row has its own source of numbers, one a token, so what it
draws depends on its seed and its logits and not on its neighbours.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

import torch
from torch.nn.functional import pad

SORTED = 512  # ids that are sorted first; nearly every edge lies within them, and a whole vocabulary takes ms to sort
BLOCK = 256  # ids whose weights are summed at once
SCORED = 64  # rows at once: one of a large vocabulary takes half a megabyte in float32


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one answer is drawn. Temperature 0 is greedy; top_k 0, top_p 1 and min_p 0 leave every id in.

    `min_p` leaves out what is less likely than this share of the likeliest. `repetition_penalty` above 1 makes ids of
    the prompt and the answer less likely, as in `transformers`; 1 leaves them. `seed` None draws one. `stop` are texts
    that end the answer and are no part of it. `logprobs`, if not None, is how many of the likeliest ids to give with
    each id: 0 gives that of the id alone.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = 0
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    min_p: float = 0.0
    repetition_penalty: float = 1.0


class SampledToken(NamedTuple):  # quicker to make than a dataclass
    """An id; where asked, its natural log-probability and those of the likeliest ids, most likely first.

    They are the model's own: before temperature, penalty, top_k, top_p and min_p.
    """

    id: int
    logprob: float | None = None
    likeliest: tuple[tuple[int, float], ...] = ()


class Sampler:
    """One answer's settings with its numbers. `ids` are those of prompt and answer, as they come to be."""

    def __init__(self, sampling: Sampling, ids: Sequence[int] = ()) -> None:
        self.sampling, self.ids = sampling, ids
        self._numbers: Random | None = None  # a greedy answer needs none

    def number(self) -> float:
        """The next one, evenly from 0 to 1."""
        if self._numbers is None:
            seed = self.sampling.seed
            self._numbers = Random(secrets.randbits(63) if seed is None else seed % 2**63)
        return self._numbers.random()


def sample(logits: torch.Tensor, samplers: Sequence[Sampler]) -> list[SampledToken]:
    """The next id of each row of logits (rows, vocabulary)."""
    own, drawn = logits, [row for row, sampler in enumerate(samplers) if sampler.sampling.temperature > 0]
    if any(sampler.sampling.repetition_penalty != 1 for sampler in samplers):
        logits = _penalised(logits, samplers)
    if len(drawn) == len(samplers):
        chosen = _draw(logits, samplers)
    else:
        chosen = logits.max(-1).indices  # the first of equal ones, as argmax, in a quarter of its time
        if drawn:
            chosen[drawn] = _draw(logits[drawn], [samplers[row] for row in drawn])
    ids, counts = chosen.tolist(), [sampler.sampling.logprobs for sampler in samplers]
    return [
        SampledToken(ids[row]) if count is None else score(own[row : row + 1], ids[row : row + 1], count)[0]
        for row, count in enumerate(counts)
    ]


def score(logits: torch.Tensor, ids: Sequence[int], count: int) -> list[SampledToken]:
    """Given ids, each with its log-probability and the `count` likeliest by its row of logits (rows, vocabulary)."""
    scored: list[SampledToken] = []
    for start in range(0, len(ids), SCORED):
        chunk_ids = torch.tensor(ids[start : start + SCORED], device=logits.device)
        logprobs = logits[start : start + len(chunk_ids)].float().log_softmax(-1)
        top = logprobs.topk(min(count, logprobs.shape[-1]))
        columns = (chunk_ids, logprobs.gather(-1, chunk_ids[:, None])[:, 0], top.indices, top.values)
        scored += [
            SampledToken(token, logprob, tuple(zip(likeliest, values, strict=True)))
            for token, logprob, likeliest, values in zip(*(column.tolist() for column in columns), strict=True)
        ]
    return scored


def _draw(logits: torch.Tensor, samplers: Sequence[Sampler]) -> torch.Tensor:
    """An id for each row, all at a temperature above 0: the one at which its share of all that is left is reached."""
    settings = [sampler.sampling for sampler in samplers]
    # sums in float32 would be other ones for one row than for many, and so would what is drawn
    exact = torch.float32 if logits.device.type == "mps" else torch.float64
    numbers = [[sampler.number() for sampler in samplers], [max(one.temperature, 1e-6) for one in settings]]
    number, temperature = torch.tensor(numbers, dtype=exact, device=logits.device)
    scaled = logits.float()
    scaled = (scaled - scaled.amax(-1, keepdim=True)).div_(temperature[:, None].float())
    weights = scaled.exp()
    narrow = [row for row, one in enumerate(settings) if one.top_k > 0 or one.top_p < 1 or one.min_p > 0]
    if narrow:
        few, kept = [settings[row] for row in narrow], scaled[narrow]
        weights[narrow] = weights[narrow].masked_fill_(kept < _edges(kept, few, SORTED)[:, None], 0)
    return _at(weights, number)


def _at(weights: torch.Tensor, number: torch.Tensor) -> torch.Tensor:
    """Where a share `number` (rows,) of each row's weights (rows, vocabulary) is reached: which block, then which id.

    A running sum over a whole vocabulary takes as long as all the rest.
    """
    if over := -weights.shape[-1] % BLOCK:
        weights = pad(weights, (0, over))
    blocks = weights.view(len(weights), -1, BLOCK)
    sums = blocks.sum(-1).to(number.dtype).cumsum(-1)
    target = (number * sums[:, -1])[:, None]
    block = torch.searchsorted(sums, target, right=True).clamp_(max=sums.shape[-1] - 1)
    before = pad(sums, (1, 0)).gather(-1, block)
    inside = blocks.take_along_dim(block[..., None], 1)[:, 0].to(number.dtype).cumsum(-1)
    target = (target - before) / (sums.gather(-1, block) - before) * inside[:, -1:]
    return (block * BLOCK + torch.searchsorted(inside, target, right=True).clamp_(max=BLOCK - 1))[:, 0]


def _edges(scaled: torch.Tensor, settings: Sequence[Sampling], size: int) -> torch.Tensor:
    """The least of each row's values (rows, vocabulary), of which the greatest is 0, that is not left out.

    It is looked for among the `size` greatest; where it lies beyond them, among all.
    """
    vocabulary, exact = scaled.shape[-1], torch.float32 if scaled.device.type == "mps" else torch.float64
    size = min(size, vocabulary)
    edges = torch.tensor([math.log(one.min_p) if one.min_p > 0 else -math.inf for one in settings])
    edges = edges.to(scaled.device).clamp_(max=0.0)
    rows = [row for row, one in enumerate(settings) if one.top_k > 0 or one.top_p < 1]
    if not rows:
        return edges
    most = [min(settings[row].top_k or vocabulary, vocabulary) for row in rows]
    asked = torch.tensor([most, [settings[row].top_p for row in rows]], dtype=exact, device=scaled.device)
    top_k, top_p = asked[0].long(), asked[1]
    values = scaled[rows].topk(size).values
    places = torch.arange(size, device=scaled.device)
    sums = values.exp().masked_fill_(places >= top_k[:, None], 0).to(exact).cumsum(-1)
    whole = torch.where(top_k == vocabulary, scaled[rows].exp().to(exact).sum(-1), sums[:, -1])
    place = torch.minimum((sums < (top_p * whole)[:, None]).sum(-1), top_k - 1)
    found = values.gather(-1, place.clamp(max=size - 1)[:, None])[:, 0]
    if size < vocabulary:
        beyond = (place >= size) | ((top_k > size) & (top_k < vocabulary))
        if again := [row for row, far in enumerate(beyond.tolist()) if far]:
            far = [rows[row] for row in again]
            found[again] = _edges(scaled[far], [settings[row] for row in far], vocabulary)
    edges[rows] = torch.maximum(edges[rows], found)
    return edges


def _penalised(logits: torch.Tensor, samplers: Sequence[Sampler]) -> torch.Tensor:
    """Ids that a row has already are divided by its penalty, or multiplied where they are below 0."""
    rows = [row for row, one in enumerate(samplers) if one.sampling.repetition_penalty != 1 and one.ids]
    if not rows:
        return logits
    seen = [list(dict.fromkeys(samplers[row].ids)) for row in rows]
    most = max(map(len, seen))
    ids = torch.tensor([[*own, *own[:1] * (most - len(own))] for own in seen], device=logits.device)
    by = torch.tensor([[samplers[row].sampling.repetition_penalty] for row in rows], device=logits.device)
    penalised = logits.float().clone()
    values = penalised[rows].gather(-1, ids)
    penalised[rows] = penalised[rows].scatter(-1, ids, torch.where(values > 0, values / by, values * by))
    return penalised
