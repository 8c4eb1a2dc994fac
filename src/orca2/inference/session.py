"""One conversation's ids with their cache: of a prompt, only what the cache does not hold is computed."""

from collections.abc import Collection, Generator, Sequence
from typing import Any, Protocol

import torch

from orca2.checkpoints.quiet import quiet_libraries
from orca2.inference.kv_cache.prefix_cache import common_prefix
from orca2.inference.rows import make_rows
from orca2.inference.sampling import SampledToken, Sampler, Sampling, sample

ROOM = 1024  # tokens that a GPU's first buffers hold: when they grow, graphs made before are lost


class Session(Protocol):
    """What answers one conversation, turn after turn. `computed` is how many ids of the last prompt were not held.

    `ended` is the id that ended the last answer; None where something else did.
    """

    computed: int
    ended: int | None

    def stream(self, ids: Sequence[int], max_tokens: int, sampling: Sampling) -> Generator[SampledToken]:
        """The ids that follow a prompt, as they come, without the one that ends them."""
        ...


class LocalSession:
    """A session on a model of `transformers`, in this process: one row, which stays."""

    def __init__(self, model: Any, stop: Collection[int]) -> None:
        self._stop, self._rows = stop, make_rows(model, 1 << 30, alone=True)
        self._room = ROOM if model.device.type == "cuda" else 0
        self._extend = self._extended
        if getattr(model, "is_loaded_in_8bit", False):  # a message a layer and token that a type is converted
            self._extend = quiet_libraries()(self._extended)
        self._held: list[int] = []
        self.computed = 0
        self.ended: int | None = None

    def stream(self, ids: Sequence[int], max_tokens: int, sampling: Sampling) -> Generator[SampledToken]:
        same = common_prefix(self._held, ids[:-1])  # the last id is computed anyway: its logits are what is asked for
        same = self._rows.cache.crop(0, same)
        self.computed, self.ended = len(ids) - same, None
        feed: Sequence[int] = ids[same:]
        self._held = list(ids[:same])
        sampler = Sampler(sampling, self._held)
        for _ in range(max_tokens):
            logits = self._extend(feed)
            self._held.extend(feed)
            sampled = sample(logits, [sampler])[0]
            if sampled.id in self._stop:
                self.ended = sampled.id
                return
            yield sampled
            feed = [sampled.id]

    def _extended(self, ids: Sequence[int]) -> torch.Tensor:
        """Logits (1, vocabulary) of what follows more ids."""
        start, end = len(self._held), len(self._held) + len(ids)
        self._rows.cache.reserve(1, max(end, self._room))
        if len(ids) == 1 and start:
            return self._rows.decode_step(ids, [start])
        return self._rows.prefill(0, [ids], [start])[0]
