"""A Ray cluster of two nodes with one core each, on this machine, and questions for a student on it."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from orca2.core.model import Model
from orca2.core.types import Completion, Message, Request
from orca2.scale.connecting import connected
from orca2.scale.status import Activity, workers
from orca2.sections import Cluster

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


@contextmanager
def two_nodes() -> Iterator[str]:
    """The address, for as long as this process is its driver."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster as Nodes

    here = Nodes(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        here.add_node(num_cpus=1)
        here.wait_for_nodes()
        with connected(Cluster(address=here.address)):
            yield here.address
    finally:
        here.shutdown()


def questions(count: int, most: int = 24) -> list[Request]:
    return [
        Request((Message("system", f"Be {WORDS[i % 3]}."), Message("user", " ".join(WORDS[: 1 + i % 8]) + f" {i}?")),
                most - i % 5)
        for i in range(count)
    ]  # fmt: skip


def answers(
    model: Model, requests: list[Request], on_answer: Callable[[int], None] | None = None
) -> dict[int, Completion]:
    """By index; `on_answer` is told how many there are."""

    async def collect() -> dict[int, Completion]:
        found: dict[int, Completion] = {}
        async for index, completion in model.generate(requests):
            assert index not in found
            found[index] = completion
            if on_answer is not None:
                on_answer(len(found))
        return found

    return asyncio.run(collect())


def students() -> list[Activity]:
    """What the students on the cluster say of themselves."""
    return [activity for _, activity in workers() if activity is not None and activity.role == "student"]


def until(true: Callable[[], Any], seconds: float = 60) -> bool:
    """Whether it comes true in time."""
    ends = time.monotonic() + seconds
    while not (came := true()) and time.monotonic() < ends:
        time.sleep(0.1)
    return bool(came)
