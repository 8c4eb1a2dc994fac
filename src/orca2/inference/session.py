"""One conversation's ids with their cache: of a prompt, only what the cache does not hold is computed."""

from collections.abc import Collection, Generator, Sequence
from typing import Any, Protocol

from orca2.checkpoints.quiet import quiet_libraries
from orca2.inference.kv_cache.prefix_cache import common_prefix
from orca2.inference.kv_cache.sequence import make_cache
from orca2.inference.sampling import SampledToken, Sampler, Sampling, sample


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
    """A session on a model of `transformers`, in this process."""

    def __init__(self, model: Any, stop: Collection[int]) -> None:
        self._stop, self._cache = stop, make_cache(model)
        self._extend = self._cache.extend
        if getattr(model, "is_loaded_in_8bit", False):  # a message a layer and token that a type is converted
            self._extend = quiet_libraries()(self._extend)
        self._held: list[int] = []
        self.computed = 0
        self.ended: int | None = None

    def stream(self, ids: Sequence[int], max_tokens: int, sampling: Sampling) -> Generator[SampledToken]:
        same = common_prefix(self._held, ids[:-1])  # the last id is computed anyway: its logits are what is asked for
        self._cache.crop(same)
        same = self._cache.length
        self.computed, self.ended = len(ids) - same, None
        feed: Sequence[int] = ids[same:]
        self._held = list(ids[:same])
        sampler = Sampler(sampling, self._held)
        for _ in range(max_tokens):
            logits = self._extend(feed)
            self._held.extend(feed)
            sampled = sample(logits[None], [sampler])[0]
            if sampled.id in self._stop:
                self.ended = sampled.id
                return
            yield sampled
            feed = [sampled.id]
