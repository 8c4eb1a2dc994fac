"""Several processes of one command, as `torchrun` starts them: the first leads, the others wait for it."""

import os
from datetime import timedelta
from functools import cache
from typing import Any

from orca2.errors import RunError

LONG = timedelta(days=30)  # a teacher takes its time
TORCHRUN = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # what it sets, in each process
SIZES = ("WORLD_SIZE", "PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")  # as torchrun and MPI call it


def rank() -> int:
    """0 for the first process, and for one alone."""
    return _number("RANK", 0)


def local_rank() -> int:
    """The place of this process among those of its machine."""
    return _number("LOCAL_RANK", 0)


def started() -> bool:
    """Whether torchrun has started this process."""
    return not _missing()


def several() -> bool:
    """Whether torchrun has started more than one."""
    return started() and _number("WORLD_SIZE", 1) > 1


def check() -> None:
    """RunError if the environment says that there are several processes, but not how they find each other."""
    said = [name for name in SIZES if _number(name, 1) > 1] + [name for name in ("LOCAL_RANK",) if name in os.environ]
    if said and (missing := _missing()):
        raise RunError(
            f"{said[0]}={os.environ[said[0]]} is set, but not {', '.join(missing)}: start several processes with"
            f" torchrun, or unset {said[0]} to train in one"
        )


def _missing() -> list[str]:
    return [name for name in TORCHRUN if not os.environ.get(name)]


def _number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    try:
        return int(value)
    except ValueError:
        raise RunError(f"{name}={value} is no number; unset it, or start several processes with torchrun") from None


def reached(point: str) -> None:
    """Say to the others that the first process has come so far."""
    if several():
        _store().set(point, "reached")


def wait(point: str) -> None:
    """Wait until the first process has come so far; if it fails before, torchrun ends this one."""
    _store().wait([point], LONG)


def agreed(said: Any) -> Any:
    """What the first process says, on all of those that have joined; of one alone, what it says itself."""
    import torch.distributed as dist

    if not dist.is_available() or not dist.is_initialized():
        return said
    box = [said]
    dist.broadcast_object_list(box, src=0)
    return box[0]


@cache
def _store() -> Any:
    import torch.distributed as dist
    from torch.distributed.rendezvous import rendezvous

    store, _, _ = next(iter(rendezvous("env://")))
    return dist.PrefixStore("orca2", store)  # type: ignore[attr-defined]
