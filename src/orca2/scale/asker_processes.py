"""The processes that ask for one run, for as long as there are rows: what idles would keep cores from students."""

import uuid
from typing import Any

from orca2.scale.answer_shards import ShardFolder
from orca2.scale.asker import Asker
from orca2.scale.connecting import NAMESPACE
from orca2.scale.status import actor_name
from orca2.sections import Cluster

OVERLAPPING = 64  # calls of one process at once: an exchange of rows, and short ones beside it


class AskerProcesses:
    """Ray actors, as many as the recipe says or one a node. `word` is what tells this driver's store from others'."""

    def __init__(self, spec: Cluster, store: str, run: str) -> None:
        self.spec, self.folder, self.run = spec, ShardFolder(store), run
        self.word = uuid.uuid4().hex.encode()

    def count(self) -> int:
        """How many processes ask."""
        import ray

        return self.spec.workers or sum(node["Alive"] for node in ray.nodes())

    def start(self) -> Any:
        """A new process, wherever there is room."""
        import ray

        name = actor_name("asker")
        options = {
            "name": name, "namespace": NAMESPACE, "num_cpus": self.spec.worker_cpus, "scheduling_strategy": "SPREAD",
            "max_concurrency": OVERLAPPING,
        }  # fmt: skip
        return ray.remote(Asker).options(**options).remote(self.folder.url, name, self.run)
