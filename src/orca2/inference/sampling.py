"""The next id of each row of a batch, each row by its own settings: greedy or drawn, with log-probabilities if asked.

A drawn row has its own generator, so what it draws depends on its seed and its logits and not on its neighbours.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import torch

NUCLEUS = (
    512  # ids that are sorted first; nearly every nucleus lies within them, and a whole vocabulary takes ms to sort
)
SCORED = 64  # rows at once: one of a large vocabulary takes half a megabyte in float32


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one answer is drawn. Temperature 0 is greedy; top_k 0 and top_p 1 leave every id in.

    `seed` None draws one. `stop` are texts that end the answer and are no part of it. `logprobs`, if not None, is how
    many of the likeliest ids to give with each id: 0 gives that of the id alone.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = 0
    stop: tuple[str, ...] = ()
    logprobs: int | None = None


@dataclass(frozen=True, slots=True)
class SampledToken:
    """An id; where asked, its natural log-probability and those of the likeliest ids, most likely first.

    They are the model's own: before temperature, top_k and top_p.
    """

    id: int
    logprob: float | None = None
    likeliest: tuple[tuple[int, float], ...] = ()


class Sampler:
    """One answer's settings with its generator."""

    def __init__(self, sampling: Sampling) -> None:
        self.sampling = sampling
        self._generator = torch.Generator()
        self._generator.manual_seed(secrets.randbits(63) if sampling.seed is None else sampling.seed % 2**63)

    def draw(self, logits: torch.Tensor) -> int:
        """An id for logits (vocabulary,) at a temperature above 0."""
        settings = self.sampling
        logits = logits.float().cpu()
        scaled = (logits - logits.max()) / max(settings.temperature, 1e-6)  # far below it is greedy anyway
        top_k = min(settings.top_k or len(scaled), len(scaled))
        if top_k == len(scaled) and settings.top_p >= 1:
            return int(torch.multinomial(scaled.softmax(-1), 1, generator=self._generator))
        weights, ids = _nucleus(scaled, top_k, settings.top_p)
        return int(ids[torch.multinomial(weights, 1, generator=self._generator)])


def _nucleus(scaled: torch.Tensor, top_k: int, top_p: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and ids of the smallest set of the `top_k` likeliest ids whose share reaches `top_p`."""
    total = scaled.exp().sum() if top_k == len(scaled) else scaled.topk(top_k).values.exp().sum()
    for size in dict.fromkeys((min(NUCLEUS, top_k), top_k)):
        values, ids = scaled.topk(size)
        shares = (values.exp() / total).cumsum(-1)
        inside = int((shares < top_p).sum()) + 1
        if inside <= size or size == top_k:
            return values[:inside].exp(), ids[:inside]
    raise AssertionError("the last size is `kept`")


def sample(logits: torch.Tensor, samplers: Sequence[Sampler]) -> list[SampledToken]:
    """The next id of each row of logits (rows, vocabulary)."""
    greedy = logits.float().argmax(-1).tolist()  # in bfloat16 it takes four times as long on a CPU
    ids = [
        sampler.draw(logits[row]) if sampler.sampling.temperature > 0 else greedy[row]
        for row, sampler in enumerate(samplers)
    ]
    counts = [sampler.sampling.logprobs for sampler in samplers]
    return [
        SampledToken(ids[row]) if count is None else score(logits[row : row + 1], ids[row : row + 1], count)[0]
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
