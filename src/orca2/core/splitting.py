"""Splits by content hash: where a task falls depends on its prompt alone, so splits never overlap."""

from collections.abc import Mapping

from orca2.core.types import Split

SPLITS: tuple[Split, ...] = ("profile", "train", "test")


def position(task_id: str) -> float:
    """Where a task id lies in [0, 1), uniform over ids."""
    return int(task_id[:13], 16) / 16**13


def split_of(task_id: str, ranges: Mapping[Split, tuple[float, float]]) -> Split | None:
    """The split whose half-open range holds the task, or None if no range does."""
    at = position(task_id)
    for split in SPLITS:
        low, high = ranges[split]
        if low <= at < high:
            return split
    return None


def overlap(ranges: Mapping[Split, tuple[float, float]]) -> tuple[Split, Split] | None:
    """Two splits whose ranges share tasks, if any do."""
    for i, first in enumerate(SPLITS):
        for second in SPLITS[i + 1 :]:
            if max(ranges[first][0], ranges[second][0]) < min(ranges[first][1], ranges[second][1]):
                return first, second
    return None
