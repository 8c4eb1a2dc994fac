"""Many answers of one model on a GPU: rows of `BatchedKVCache`, whose steps are CUDA graphs.

What `LlamaRows` is on a CPU, for any model whose layers attend to keys and values.
"""

from collections.abc import Sequence
from typing import Any

import torch

from orca2.inference.cuda_graphs import GraphedDecoder, padded_span
from orca2.inference.kv_cache.batched import BatchedKVCache, supports_batched_cache

CHUNK = 8192  # ids of prompts that are read in one call
FEWEST = 32  # rows of a step: it takes as long with fewer


def supports_graphed_rows(model: Any) -> bool:
    """Whether a model can go this way. Another attention than PyTorch's has its own idea of masks."""
    return (
        model.device.type == "cuda"
        and getattr(model.config, "_attn_implementation", "") == "sdpa"
        and supports_batched_cache(model.config.get_text_config())
    )


class GraphedRows:
    """At most `rows` rows, and `tokens` columns of all of them; `lengths` says how much each holds.

    `max_new_tokens` columns are made at once beyond each prompt, which is what the steps need: when the buffers grow,
    their graphs are lost.
    """

    def __init__(self, model: Any, rows: int, tokens: int, max_new_tokens: int) -> None:
        self._device, self._rows, self._max_new_tokens = model.device, rows, max_new_tokens
        self._cache = BatchedKVCache(tokens)
        self._decoder = GraphedDecoder(model, self._cache)
        self.lengths = [0] * rows

    def prefill(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Put prompts into a row and those after it; logits (prompts, vocabulary) of what follows each.

        A shorter one has ids of no meaning before its own, which are written to the columns after them: none sees
        those until they are written anew.
        """
        counts = [len(ids) for ids in prompts]
        most, stop = max(counts), row + len(prompts)
        self._reserve(stop, max(most + self._max_new_tokens, *self.lengths[:row], 0), row)
        self.lengths[row:stop] = counts
        if len(prompts) == 1:
            return self._prefill_chunked(row, prompts[0])
        ids = [[*[0] * (most - len(one)), *one] for one in prompts]
        places = torch.tensor([[*range(count, most), *range(count)] for count in counts], device=self._device)
        return self._decoder.forward(torch.tensor(ids, device=self._device), slice(row, stop), places, places, most)

    def decode_step(self, ids: Sequence[int]) -> torch.Tensor:
        """Add one id to each of the first rows; logits (rows, vocabulary) of what follows, which hold until the next.

        The rows of a step are a power of two, so that a batch whose rows end one by one needs few graphs. Those after
        the first ones hold nothing, and take an id of no meaning.
        """
        count, at = len(ids), self.lengths[: len(ids)]
        self._reserve(count, max(at) + 1, count)
        idle = [0] * (min(max(FEWEST, 1 << (count - 1).bit_length()), self._cache.rows) - count)
        logits = self._decoder.decode_step([*ids, *idle], [*at, *idle])
        self.lengths[:count] = [length + 1 for length in at]
        return logits[:count]

    def copy_rows(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Copy rows onto others, none of which is a source."""
        held = [self.lengths[source] for source in sources]
        into, out = (torch.tensor(list(places), device=self._device) for places in (targets, sources))
        self._cache.copy_rows(out, into, max(held))
        for target, length in zip(targets, held, strict=True):
            self.lengths[target] = length

    def _prefill_chunked(self, row: int, ids: Sequence[int]) -> torch.Tensor:
        """One prompt, of any length."""
        for start in range(0, len(ids), CHUNK):
            part = torch.tensor([ids[start : start + CHUNK]], device=self._device)
            stop = start + part.shape[1]
            positions = torch.arange(start, stop, device=self._device)[None]
            logits = self._decoder.forward(part, slice(row, row + 1), slice(start, stop), positions, stop)
        return logits

    def _reserve(self, count: int, width: int, used: int) -> None:
        """Room for so many rows of that width, and at once for as many more as may come."""
        if count <= self._cache.rows and width <= self._cache.width:
            return
        limit, wide = self._cache.limit, padded_span(width)
        if count * wide > limit:
            wide = width
        self._cache.reserve(max(count, min(self._rows, limit // wide)), wide, used)
