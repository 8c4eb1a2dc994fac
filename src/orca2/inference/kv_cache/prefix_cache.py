"""Key-value caches of prompts and answers that have ended: the next turn of a conversation starts from its own."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from orca2.inference.kv_cache.batched import KVSegment

Ids = np.ndarray[tuple[int], np.dtype[np.int64]]


class PrefixCache:
    """At most `limit` tokens; those that were of use longest ago go first."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.tokens = 0
        self._entries: OrderedDict[bytes, tuple[Ids, KVSegment]] = OrderedDict()

    def add(self, ids: Sequence[int], segment: KVSegment) -> None:
        if self.find(ids)[1] == len(ids):  # what is there goes further
            return
        new = np.array(ids, dtype=np.int64)
        for key, (old, _) in list(self._entries.items()):
            if common_prefix(old, new) == len(old):  # the turn before, or the same once more
                self._drop(key)
        self._entries[new.tobytes()] = (new, segment)
        self.tokens += len(new)
        while self.tokens > self.limit:
            self._drop(next(iter(self._entries)))

    def find(self, ids: Sequence[int]) -> tuple[KVSegment, int]:
        """What begins like these ids for longest, and for how many of them."""
        asked = np.array(ids, dtype=np.int64)
        lengths = {key: common_prefix(old, asked) for key, (old, _) in self._entries.items()}
        if not lengths:
            return [], 0
        best = max(lengths, key=lambda key: lengths[key])
        self._entries.move_to_end(best)
        return self._entries[best][1], lengths[best]

    def clear(self) -> None:
        self._entries.clear()
        self.tokens = 0

    def _drop(self, key: bytes) -> None:
        ids, _ = self._entries.pop(key)
        self.tokens -= len(ids)


def common_prefix(first: Sequence[int] | Ids, second: Sequence[int] | Ids) -> int:
    """How many ids two sequences begin with alike."""
    length = min(len(first), len(second))
    differ = np.asarray(first[:length]) != np.asarray(second[:length])
    return int(differ.argmax()) if differ.any() else length


def longest_common_prefix(asked: Sequence[int], others: Sequence[Sequence[int]], beyond: int = 0) -> tuple[int, int]:
    """(index, length): which of the others begins most like what is asked, and for how many ids; (0, `beyond`) if none
    does for more than that."""
    best, length = 0, beyond
    if len(asked) <= beyond:
        return best, length
    # few go further, which is seen at one id
    known = [index for index, other in enumerate(others) if len(other) > beyond and other[beyond] == asked[beyond]]
    for index in known:
        other = others[index]
        if len(asked) > length < len(other) and other[length] == asked[length] and other[:length] == asked[:length]:
            best, length = index, common_prefix(other, asked)
    return best, length
