"""Best-fit packing: which documents share a training row, planned from their lengths alone."""

import random
from bisect import bisect_left, insort
from collections.abc import Sequence


def plan(lengths: Sequence[int], capacity: int, seed: int) -> list[list[int]]:
    """Rows of document indices, each row's lengths summing to at most `capacity` tokens.

    Best fit in a seeded random order: each document goes into the fullest row that still holds
    it. Not longest first, which packs a little tighter: it puts documents of one length, and so
    of one family and strategy, into one row, and training on such rows swings to and fro.
    Deterministic; a document longer than `capacity` is left out (the caller counts those).
    """
    order = [i for i, n in enumerate(lengths) if 0 < n <= capacity]
    random.Random(seed).shuffle(order)
    rows: list[list[int]] = []
    room: list[tuple[int, int]] = []  # (free tokens, row), sorted
    for i in order:
        at = bisect_left(room, (lengths[i], -1))
        if at == len(room):
            rows.append([i])
            free, row = capacity - lengths[i], len(rows) - 1
        else:
            free, row = room.pop(at)
            rows[row].append(i)
            free -= lengths[i]
        if free:
            insort(room, (free, row))
    return rows
