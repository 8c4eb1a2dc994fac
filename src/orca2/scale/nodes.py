"""The nodes of the cluster: what each has, what of it is free, and where on them students have room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A living node, by Ray's count of cores and GPUs."""

    id: str
    address: str
    cpus: float
    gpus: float
    free_cpus: float
    free_gpus: float


@dataclass(frozen=True, slots=True)
class Place:
    """Room for one student: a share of GPUs, or whole cores."""

    node: Node
    gpus: float
    cpus: int


def nodes() -> list[Node]:
    """Those that are alive now, by their addresses."""
    import ray
    from ray._private.state import available_resources_per_node  # no public name has what is free node by node

    free = available_resources_per_node()
    living = [node for node in ray.nodes() if node["Alive"]]
    return sorted(
        (
            Node(
                node["NodeID"],
                node["NodeManagerAddress"],
                node["Resources"].get("CPU", 0.0),
                node["Resources"].get("GPU", 0.0),
                free.get(node["NodeID"], {}).get("CPU", 0.0),
                free.get(node["NodeID"], {}).get("GPU", 0.0),
            )
            for node in living
        ),
        key=lambda node: (node.address, node.id),
    )


def places(among: Sequence[Node], gpus: float, cpus: int) -> list[Place]:
    """Where students of so many GPUs have room now: on the nodes with GPUs if there are any, else of so many cores.

    No cores is a whole node's, which has to be free for the most part.
    """
    rooms = [list(_places_on(node, gpus, cpus, any(other.gpus for other in among))) for node in among]
    # one a node in turn: with less work than room, each has the most memory and disk for itself
    return [room[turn] for turn in range(max(map(len, rooms), default=0)) for room in rooms if turn < len(room)]


def _places_on(node: Node, gpus: float, cpus: int, on_gpus: bool) -> Iterator[Place]:
    if gpus and on_gpus:
        free = node.free_gpus + 1e-6
        count = int(free / gpus) if gpus >= 1 else int(free) * int(1 / gpus) + int(free % 1 / gpus)
        yield from (Place(node, gpus, 0) for _ in range(count))
    elif cpus:
        yield from (Place(node, 0.0, cpus) for _ in range(int(node.free_cpus) // cpus))
    elif int(node.free_cpus) >= max(1, node.cpus / 2):
        yield Place(node, 0.0, int(node.free_cpus))
