"""What is free of a CPU's memory: the machine's own number, and less where a control group has a limit."""

from pathlib import Path

import pytest
import torch

from orca2.checkpoints.free_memory import free_cpu_memory, free_memory

KB = 1024
AVAILABLE = 64_000_000 * KB
V1_NONE = 0x7FFFFFFFFFFFF000  # what version 1 writes where there is no limit


def machine(root: Path, groups: str | None, files: dict[str, str | int]) -> Path:
    written: dict[str, str | int] = {
        "proc/meminfo": "MemTotal: 99000000 kB\nMemFree: 1000 kB\nMemAvailable:   64000000 kB\n", **files
    }  # fmt: skip
    if groups is not None:
        written["proc/self/cgroup"] = groups
    for name, content in written.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{content}\n")
    return root


def v2(folder: str, limit: str | int, usage: int, page_cache: int = 0) -> dict[str, str | int]:
    stat = f"anon 5\ninactive_file {page_cache}\nactive_file 7"
    at = f"sys/fs/cgroup{folder}"
    return {f"{at}/memory.max": limit, f"{at}/memory.current": usage, f"{at}/memory.stat": stat}


def v1(folder: str, limit: int, usage: int, page_cache: int = 0) -> dict[str, str | int]:
    at = f"sys/fs/cgroup/memory{folder}"
    stat = f"inactive_file 1\ntotal_inactive_file {page_cache}"
    return {f"{at}/memory.limit_in_bytes": limit, f"{at}/memory.usage_in_bytes": usage, f"{at}/memory.stat": stat}


@pytest.mark.parametrize(
    ("groups", "files", "free"),
    [
        ("0::/", {}, AVAILABLE),
        ("0::/", v2("", "max", 10), AVAILABLE),
        ("0::/", v2("", 8000, 3000), 5000),
        ("0::/", v2("", 8000, 3000, page_cache=1000), 6000),
        ("0::/", v2("", 8000, 9000), 0),
        ("0::/a/b", {**v2("/a/b", "max", 10), **v2("/a", 7000, 1000)}, 6000),  # the limit is one further out
        ("0::/a/b", {**v2("/a/b", 5000, 10), **v2("/a", 7000, 6000)}, 1000),  # whichever leaves least
        ("0::/../host", v2("", 4000, 1000), 3000),  # as seen from a namespace of its own
        ("12:cpu,memory:/docker/x\n1:name=systemd:/docker/x", v1("", 9000, 2000, page_cache=500), 7500),
        ("4:memory:/pod", {**v1("", V1_NONE, 10), **v1("/pod", 6000, 1000)}, 5000),
        ("4:memory:/", v1("", V1_NONE, 10), AVAILABLE),
        ("3:cpuset:/x\n0::/x", {}, AVAILABLE),
        (None, v2("", 8000, 3000), 5000),
        (None, v1("", 8000, 2000), 6000),
    ],
)  # fmt: skip
def test_free_within_the_container(tmp_path: Path, groups: str | None, files: dict[str, str | int], free: int) -> None:
    assert free_cpu_memory(machine(tmp_path, groups, files)) == free


def test_nobody_says(tmp_path: Path) -> None:
    assert free_cpu_memory(tmp_path) is None


def test_here() -> None:
    found = free_memory(torch.device("cpu"))
    assert found is None or 0 < found < 1 << 50
