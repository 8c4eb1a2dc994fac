"""Who does what on the cluster: every actor of ours has a name in one namespace and describes itself."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from orca2.scale.connecting import NAMESPACE

PATIENCE = 5.0  # seconds in which an actor has to say what it does
STATUS = "status"  # the concurrency group of `describe`: it answers while the actor works


@dataclass(slots=True)
class Activity:
    """What an actor does: `role` is asker or student, `run` the folder that it works for, `node` Ray's id of where it
    is, `done` the rows that it has answered `since` its start (seconds of the epoch), `in_flight` those at hand."""

    role: str
    run: str
    model: str
    node: str = ""
    pid: int = 0
    done: int = 0
    in_flight: int = 0
    since: float = field(default_factory=time.time)

    def described(self) -> dict[str, Any]:
        """What `describe` of an actor returns."""
        return asdict(self)


class Describing(Protocol):
    """An actor that `workers` finds: made with a name of `actor_name` in the namespace `NAMESPACE`, and with a group
    `STATUS` of its own for this method."""

    def describe(self) -> dict[str, Any]:
        """An `Activity`, as it is now."""
        ...


def actor_name(role: str) -> str:
    """A name that no other actor has."""
    return f"{role}-{uuid4().hex[:8]}"


def workers() -> Iterator[tuple[str, Activity | None]]:
    """The actors of all runs on this cluster by name, with what each says of itself; None for one that says nothing."""
    import ray

    listed = ray.util.list_named_actors(all_namespaces=True)
    asked: dict[str, Any] = {}
    for name in sorted(row["name"] for row in listed if row["namespace"] == NAMESPACE):
        try:
            asked[name] = ray.get_actor(name, NAMESPACE).describe.remote()
        except ValueError:  # it has ended since
            continue
    ready, _ = ray.wait(list(asked.values()), num_returns=len(asked), timeout=PATIENCE) if asked else ([], [])
    for name, answer in asked.items():
        yield name, _read(answer) if answer in ready else None


def _read(answer: Any) -> Activity | None:
    import ray

    try:
        said = ray.get(answer)
        return Activity(**{name: said[name] for name in Activity.__dataclass_fields__})
    except (ray.exceptions.RayError, KeyError):  # it has died since, or is of another release
        return None
