"""Rows shared out to processes that ask, on all nodes of a cluster; the limits of the account hold over all of them.

Who leads looks each row up in its own cache first. What it cannot answer there goes out with the answers that it does
have, is worked on by a process with an engine of its own, and comes back as a result; each answer is in the shared
store before it counts. A process that dies costs what it had on the way: its rows go to others, with what it has kept.
"""

import sys
import uuid
from collections.abc import Iterator
from typing import Any

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.scale.answer_shards import ShardFolder
from orca2.scale.asker import WORD, Asker, Work
from orca2.scale.asking_pool import AskingPool
from orca2.scale.connecting import NAMESPACE
from orca2.sections import Cluster

OVERLAPPING = 64  # calls of one process at once: an exchange of rows, and short ones beside it


class Askers:
    """The processes that ask for one run, started when first wanted and kept for what is asked next."""

    def __init__(self, spec: Cluster, store: str, run: str, cache: Cache) -> None:
        self.spec, self.folder, self.run, self.cache = spec, ShardFolder(store), run, cache
        self.word = uuid.uuid4().hex.encode()
        self.idle: list[Any] = []

    def pool(self, client: ModelClient, rows: Iterator[Any], work: Work) -> AskingPool:
        """The rows of one `run_all`, to be worked on by as many processes as the recipe or the nodes say."""
        by_value()
        self.folder.make()
        self.folder.write(WORD, self.word)
        return AskingPool(self, client, rows, work)

    def count(self) -> int:
        """How many processes ask: as the recipe says, or one a node."""
        import ray

        return self.spec.workers or sum(node["Alive"] for node in ray.nodes())

    def take(self) -> Any:
        """A process that is free, or a new one wherever there is room."""
        import ray

        if self.idle:
            return self.idle.pop()
        name = f"asker-{self.run}-{uuid.uuid4().hex[:8]}"
        options = {
            "name": name, "namespace": NAMESPACE, "num_cpus": self.spec.worker_cpus, "scheduling_strategy": "SPREAD",
            "max_concurrency": OVERLAPPING,
        }  # fmt: skip
        return ray.remote(Asker).options(**options).remote(self.folder.url, name)

    def give_back(self, asker: Any) -> None:
        self.idle.append(asker)


def by_value() -> None:
    """Send what stands in a user's plug-in file as it is: other processes have not loaded that file."""
    from ray import cloudpickle

    for name, module in list(sys.modules.items()):
        if name.startswith("orca2_user_"):
            cloudpickle.register_pickle_by_value(module)
