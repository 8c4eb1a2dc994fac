"""The processes that ask for one run: started when first wanted, kept for what is asked next."""

import uuid
from typing import Any

from orca2.scale.answer_shards import ShardFolder
from orca2.scale.asker import Asker
from orca2.scale.connecting import NAMESPACE
from orca2.sections import Cluster

OVERLAPPING = 64  # calls of one process at once: an exchange of rows, and short ones beside it


class AskerProcesses:
    """Ray actors, as many as the recipe says or one a node. `word` is what tells this driver's store from others'."""

    def __init__(self, spec: Cluster, store: str, run: str) -> None:
        self.spec, self.folder, self.run = spec, ShardFolder(store), run
        self.word = uuid.uuid4().hex.encode()
        self.idle: list[Any] = []

    def count(self) -> int:
        """How many processes ask."""
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
