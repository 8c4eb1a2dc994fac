"""Many answers of one model on a GPU: rows of `Slots`, whose steps are CUDA graphs.

What `LlamaRows` is on a CPU, for any model whose layers attend to keys and values.
"""

from collections.abc import Sequence
from typing import Any

import torch

from orca2.inference.cuda_graphs import Steps, spared
from orca2.inference.kv_cache.slots import Slots, suits

CHUNK = 8192  # ids of prompts that are read in one call
FEWEST = 32  # rows of a step: it takes as long with fewer


def takes(model: Any) -> bool:
    """Whether a model can go this way. Another attention than PyTorch's has its own idea of masks."""
    return (
        model.device.type == "cuda"
        and getattr(model.config, "_attn_implementation", "") == "sdpa"
        and suits(model.config.get_text_config())
    )


class SlotRows:
    """At most `rows` rows, and `tokens` columns of all of them; `lengths` says how much each holds.

    `ahead` columns are made at once beyond each prompt: what the steps need, for when the buffers grow their graphs
    are lost.
    """

    def __init__(self, model: Any, rows: int, tokens: int, ahead: int) -> None:
        self._device, self._rows, self._ahead = model.device, rows, ahead
        self._slots = Slots(tokens)
        self._steps = Steps(model, self._slots)
        self.lengths = [0] * rows

    def read(self, row: int, prompts: Sequence[Sequence[int]]) -> torch.Tensor:
        """Put prompts into a row and those after it; logits (prompts, vocabulary) of what follows each.

        A shorter one has ids of no meaning before its own, which are written to the columns after them: none sees
        those until they are written anew.
        """
        counts = [len(ids) for ids in prompts]
        most, stop = max(counts), row + len(prompts)
        self._fit(stop, max(most + self._ahead, *self.lengths[:row], 0), row)
        self.lengths[row:stop] = counts
        if len(prompts) == 1:
            return self._read_on(row, prompts[0])
        ids = [[*[0] * (most - len(one)), *one] for one in prompts]
        places = torch.tensor([[*range(count, most), *range(count)] for count in counts], device=self._device)
        return self._steps.call(torch.tensor(ids, device=self._device), slice(row, stop), places, places, most)

    def step(self, ids: Sequence[int]) -> torch.Tensor:
        """Add one id to each of the first rows; logits (rows, vocabulary) of what follows, which hold until the next.

        The rows of a step are a power of two, so that a batch whose rows end one by one needs few graphs. Those after
        the first ones hold nothing, and take an id of no meaning.
        """
        count, at = len(ids), self.lengths[: len(ids)]
        self._fit(count, max(at) + 1, count)
        idle = [0] * (min(max(FEWEST, 1 << (count - 1).bit_length()), self._slots.rows) - count)
        logits = self._steps.step([*ids, *idle], [*at, *idle])
        self.lengths[:count] = [length + 1 for length in at]
        return logits[:count]

    def move(self, sources: Sequence[int], targets: Sequence[int]) -> None:
        """Copy rows onto others, none of which is a source."""
        held = [self.lengths[source] for source in sources]
        into, out = (torch.tensor(list(places), device=self._device) for places in (targets, sources))
        self._slots.move(out, into, max(held))
        for target, length in zip(targets, held, strict=True):
            self.lengths[target] = length

    def _read_on(self, row: int, ids: Sequence[int]) -> torch.Tensor:
        """One prompt, of any length."""
        for start in range(0, len(ids), CHUNK):
            part = torch.tensor([ids[start : start + CHUNK]], device=self._device)
            stop = start + part.shape[1]
            positions = torch.arange(start, stop, device=self._device)[None]
            logits = self._steps.call(part, slice(row, row + 1), slice(start, stop), positions, stop)
        return logits

    def _fit(self, count: int, width: int, used: int) -> None:
        """Room for so many rows of that width, and at once for as many more as may come."""
        if count <= self._slots.rows and width <= self._slots.width:
            return
        limit, wide = self._slots.limit, spared(width)
        if count * wide > limit:
            wide = width
        self._slots.fit(max(count, min(self._rows, limit // wide)), wide, used)
