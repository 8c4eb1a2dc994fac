"""Asking on a Ray cluster of several nodes on this machine, against one process: speed, kills, resuming, memory.

Run: python bench/cluster.py [--quick] [--only speed kills resume memory]. Everything is asked of `orca2 fake-teacher`
on loopback, a fresh one for each run. The last line is one JSON object.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import _ask_hard
from _ask_rows import right
from orca2.testing.fake_teacher.process import counts, teacher

HERE = Path(__file__).resolve().parent
PARTS = ("speed", "kills", "resume", "memory")
IN_FLIGHT = 512


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, about a minute")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--rows", type=int, default=200_000, help="rows of speed and kills")
    options = parser.parse_args()
    quick: bool = options.quick
    rows = 2_000 if quick else options.rows
    figures: dict[str, Any] = {"quick": quick, "machine_cores": os.cpu_count(), "rows": rows, "in_flight": IN_FLIGHT}
    parts: dict[str, Callable[[], Any]] = {
        "speed": lambda: speed(rows, (2,) if quick else (1, 2, 4)),
        "kills": lambda: kills(rows, 3 if quick else 30),
        "resume": lambda: resume(5_000 if quick else 1_000_000),
        "memory": lambda: memory(5_000 if quick else 1_000_000),
    }
    for name in options.only:
        figures[name] = parts[name]()
        print(f"\n{name}: {figures[name]}", flush=True)
    print(json.dumps(figures))


class Nodes:
    """A cluster with so many nodes beside its head, each a raylet of its own."""

    def __init__(self, count: int) -> None:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        from ray import cluster_utils

        self.cluster = cluster_utils.Cluster(
            initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False}
        )
        self.nodes = [self.cluster.add_node(num_cpus=1) for _ in range(count)]
        self.address: str = self.cluster.address

    def kill_raylet(self, rng: random.Random) -> None:
        """Kill the raylet of one node, with all that it has started, and put a new node in its place."""
        node = self.nodes.pop(rng.randrange(len(self.nodes)))
        for process in node.all_processes["raylet"]:
            process.process.send_signal(signal.SIGKILL)
        with suppress(Exception):
            self.cluster.remove_node(node, allow_graceful=False)
        self.nodes.append(self.cluster.add_node(num_cpus=1))


@contextmanager
def nodes(count: int) -> Iterator[Nodes]:
    made = Nodes(count)
    try:
        yield made
    finally:
        made.cluster.shutdown()


def command(base_url: str, rows: int, folder: str, address: str, workers: int, result: Path | None = None) -> list[str]:
    named = [base_url, str(rows), str(IN_FLIGHT), folder, address, str(workers), *([str(result)] if result else [])]
    return [sys.executable, str(HERE / "_cluster_ours.py"), *named]


def start(words: Sequence[str]) -> "subprocess.Popen[str]":
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH", "")]))
    known = os.environ | {"PYTHONPATH": path, "RAY_USAGE_STATS_ENABLED": "0"}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=known)


def run(words: Sequence[str]) -> dict[str, Any]:
    process = start(words)
    printed, complained = process.communicate()
    if process.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{complained[-3000:]}")
    said: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
    return said


def speed(rows: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """Requests a second of one process and of clusters, with answers after 50 ms to 2 s; from the first answer to the
    last, so that starting is left out of it. The most that were on the way at once is the server's own count."""
    found: list[dict[str, Any]] = []
    for count in (0, *sizes):
        with TemporaryDirectory() as folder, teacher("skewed") as base_url:
            if count:
                with nodes(count) as made:
                    said = run(command(base_url, rows, folder, made.address, count))
            else:
                said = run(command(base_url, rows, folder, "none", 0))
            page = counts(base_url)
        rate = (page["paid"] - 1) / (page["last_paid"] - page["first_paid"])
        found.append(
            {
                "nodes": count, "per_second": round(rate, 1), "seconds": said["seconds"],
                "of_one_process": round(rate / found[0]["per_second"], 3) if found else 1.0,
                "in_flight_most": page["in_flight_most"], "allowed": IN_FLIGHT,
                "asked_once": page["paid"] == rows == page["contents"] == said["right"],
            }
        )  # fmt: skip
        print(found[-1], flush=True)
    return found


def kills(rows: int, times: int, seed: int = 0) -> dict[str, Any]:
    """Kill workers, raylets and the driver at random moments, let the run end, and compare with what was paid."""
    rng = random.Random(seed)
    kinds = {"worker": 0, "raylet": 0, "driver": 0}
    with TemporaryDirectory() as folder, teacher("skewed") as base_url, nodes(2) as made:
        result = Path(folder, "result.txt")
        words = command(base_url, rows, folder, made.address, 2, result)
        process = start(words)
        for _ in range(times):
            before = paid = counts(base_url)["paid"]
            upper_bound = before + rng.uniform(0.2, 1.8) * rows / times
            while process.poll() is None and paid <= upper_bound:
                time.sleep(rng.uniform(0, 0.05))
                paid = counts(base_url)["paid"]
            if process.poll() is not None:
                break  # all is done
            kind = rng.choice(("worker", "raylet", "driver"))
            if kind == "worker":
                kinds[kind] += kill_worker(rng)
            elif kind == "raylet":
                made.kill_raylet(rng)
                kinds[kind] += 1
            else:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                kinds[kind] += 1
                process = start(words)
        complained = process.communicate()[1]
        if process.returncode:
            sys.exit(f"the last run failed:\n{complained[-3000:]}")
        last = [line.split(" ", 1) for line in result.read_text().splitlines()]
        page = counts(base_url)
        left = len(list(Path(folder, "shards").glob("*"))) if Path(folder, "shards").exists() else 0
    answered = [int(n) for n, text in last if right(int(n), text)]
    over, killed = page["paid"] - rows, sum(kinds.values())
    return {
        "rows": rows, "kills": kinds, "lost": rows - len(set(answered)),
        "doubled": len(last) - len({n for n, _ in last}), "paid_over_ideal": over,
        "allowed_over_ideal": IN_FLIGHT * killed, "in_flight_most": page["in_flight_most"],
        "shards_left": left, "kept_it": over <= IN_FLIGHT * killed and len(set(answered)) == rows == len(last),
    }  # fmt: skip


def kill_worker(rng: random.Random) -> int:
    """Kill one process that asks, if there is one."""
    pids = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and entry.joinpath("cmdline").read_bytes().startswith(b"ray::Asker"):
                pids.append(int(entry.name))
    if not pids:
        return 0
    os.kill(rng.choice(sorted(pids)), signal.SIGKILL)
    return 1


def resume(rows: int) -> dict[str, Any]:
    """How soon a new driver asks its first question whose rows are answered to 90 %, Ray's start included."""
    known = round(0.9 * rows)
    with TemporaryDirectory() as folder, teacher("calm") as base_url, nodes(2) as made:
        _ask_hard.fill(Path(folder, "answers.sqlite"), base_url, known)
        began = time.monotonic()
        process = start(command(base_url, rows, folder, made.address, 2))
        while not counts(base_url)["paid"] and process.poll() is None:
            time.sleep(0.02)
        asked = time.monotonic() - began
        said = json.loads(process.communicate()[0].strip().splitlines()[-1])
        page = counts(base_url)
    return {
        "rows": rows, "kept": known, "paid": page["paid"], "right": said["right"],
        "first_asked_after_s": round(asked, 2), "whole_s": round(time.monotonic() - began, 1),
    }  # fmt: skip


def memory(rows: int) -> dict[str, Any]:
    """How far the driver's memory grows while so many rows are asked, answered at once."""
    with TemporaryDirectory() as folder, teacher("calm") as base_url, nodes(2) as made:
        said = run(command(base_url, rows, folder, made.address, 2))
    return {"rows": rows, "right": said["right"], "driver_grown_mb": said["grown_mb"], "seconds": said["seconds"]}


if __name__ == "__main__":
    main()
