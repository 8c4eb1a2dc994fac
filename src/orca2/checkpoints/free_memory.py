"""Memory that may still be taken on a device. Of a CPU's, no more than the container that this process is in allows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch

ROOT = Path("/")


class _Controller(NamedTuple):
    """Where one version of Linux's control groups keeps what it counts, in bytes."""

    mount: str
    limit: str
    usage: str
    page_cache: str  # the line of `memory.stat` with the cached files that the kernel gives up first


V1 = _Controller("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
V2 = _Controller("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file")


def free_memory(device: torch.device) -> int | None:
    """Bytes; None where nobody says. What PyTorch holds of a GPU's and does not use counts as free."""
    if device.type == "cuda":
        idle = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return int(torch.cuda.mem_get_info(device)[0]) + idle
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory()
    return free_cpu_memory()


def free_cpu_memory(root: Path = ROOT) -> int | None:
    """Bytes that are available on the machine and within every control group around this process, version 1 or 2.

    None where there is no `/proc/meminfo`. `root` is where `proc` and `sys` lie.
    """
    available = _counted(root / "proc/meminfo", "MemAvailable")
    if available is None:
        return None
    return max(0, min([available * 1024, *_left_in_groups(root)]))


def _left_in_groups(root: Path) -> Iterator[int]:
    """What each group that has a limit leaves: the limit less what is in use, page cache that can go left out."""
    for controller, folder in _groups(root):
        limit, usage = _number(folder / controller.limit), _number(folder / controller.usage)
        if limit is not None and usage is not None:
            yield limit - usage + (_counted(folder / "memory.stat", controller.page_cache) or 0)


def _groups(root: Path) -> Iterator[tuple[_Controller, Path]]:
    """The group of this process and those around it. Within a container only the mount itself may be there."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        lines = ["0::/", "0:memory:/"]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        controller = V1 if controllers else V2
        mount = root / controller.mount
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for depth in range(len(parts), -1, -1):
            yield controller, mount.joinpath(*parts[:depth])


def _number(path: Path) -> int | None:
    """The number in a file; None without one, as where version 2 writes `max`."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _counted(path: Path, name: str) -> int | None:
    """The number of a line `name: 12 kB` or `name 12`."""
    try:
        line = re.search(rf"^{name}:?\s+(\d+)", path.read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(line[1]) if line else None
