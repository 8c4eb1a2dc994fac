"""Rows shared out to processes that ask, on all nodes of a cluster; the limits of the account hold over all of them.

Who leads looks each row up in its own cache first. What it cannot answer there goes out with the answers that it does
have, is worked on by a process with an engine of its own, and comes back as a result; each answer is in the shared
store before it counts. A process that dies costs what it had on the way: its rows go to others, with what it has kept.
"""

import sys
from collections.abc import Iterator
from typing import Any

from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.scale.asker import WORD, Work
from orca2.scale.asker_processes import AskerProcesses
from orca2.scale.asking_pool import AskingPool
from orca2.sections import Cluster


class Askers:
    """Shares the rows of a run out to its processes: a `Distributor`. What they have kept goes into `cache`."""

    def __init__(self, spec: Cluster, store: str, run: str, cache: Cache) -> None:
        self.processes, self.cache = AskerProcesses(spec, store, run), cache

    def pool(self, client: ModelClient, rows: Iterator[Any], work: Work) -> AskingPool:
        """The rows of one `run_all`, to be worked on by as many processes as the recipe or the nodes say."""
        _send_by_value()
        self.processes.folder.make()
        self.processes.folder.write(WORD, self.processes.word)
        return AskingPool(self.processes, self.cache, client, rows, work)


def _send_by_value() -> None:
    """Send what stands in a user's plug-in file as it is: other processes have not loaded that file."""
    from ray import cloudpickle

    for name, module in list(sys.modules.items()):
        if name.startswith("orca2_user_"):
            cloudpickle.register_pickle_by_value(module)
