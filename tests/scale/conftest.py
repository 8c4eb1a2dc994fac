"""A Ray cluster of two nodes on this machine, and a driver that has joined it; started and stopped here."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orca2.scale.connecting import connected
from orca2.sections import Cluster

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def nodes() -> Iterator[Any]:
    """A `ray.cluster_utils.Cluster`: a head without cores of its own, and two nodes with one each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        inherited = os.environ.get("PYTHONPATH", "")
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT / "src"), str(ROOT), inherited])))
        from ray.cluster_utils import Cluster as Nodes

        made = Nodes(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        for _ in range(2):
            made.add_node(num_cpus=1)
        yield made
        made.shutdown()


@pytest.fixture(scope="session")
def spec(nodes: Any) -> Cluster:
    """The section of a recipe that names these nodes."""
    return Cluster(address=nodes.address, workers=2, worker_cpus=0.5)


@pytest.fixture(scope="session")
def joined(spec: Cluster) -> Iterator[Cluster]:
    with connected(spec):
        yield spec
