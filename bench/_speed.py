"""The wall time of whole evaluations, ours and the peers', each a fresh process against one instantaneous endpoint."""

import json
import resource
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypedDict

import _environments

HERE = Path(__file__).resolve().parent
CONCURRENCIES = (1, 8, 32, 128)  # each tool is timed with the one that is best for it
PEERS = ("lm_eval", "inspect")


class Timing(TypedDict):
    """Seconds of each run at the best concurrency; whether each run asked for and rightly scored every item.

    Processor seconds, user and system, hardly change when something else runs on the machine.
    """

    best: float
    seconds: list[float]
    best_cpu: float
    cpu_seconds: list[float]
    concurrency: int
    by_concurrency: dict[str, float]
    same_work: bool


class Run(NamedTuple):
    seconds: float
    cpu_seconds: float
    same_work: bool


def timings(count: int, quick: bool, peers: Sequence[str]) -> dict[str, Timing]:
    """Ours and the given peers', on the same `count` items. The tools take turns, so that noise falls on all.

    A peer is timed lean, without whatever it can leave out, and as it comes (not if `quick`).
    """
    lean = {"ours": [sys.executable, str(HERE / "_ours.py")]}
    usual = {}
    for name in peers:
        script = [str(_environments.python(name)), str(HERE / "peers" / f"{name}_.py")]
        lean[name], usual[f"{name}, as it comes"] = [*script, "lean"], [*script, "speed"]
    with TemporaryDirectory() as folder, _endpoint() as base_url:
        items = Path(folder, "items.jsonl")
        items.write_text("".join(json.dumps(item) + "\n" for item in _items(count)))
        tried = {
            concurrency: {name: _run(lean[name], base_url, items, concurrency, count) for name in lean}
            for concurrency in ((32,) if quick else CONCURRENCIES)
        }
        best = {name: min(tried, key=lambda concurrency: tried[concurrency][name].seconds) for name in lean}
        runs = {name: [tried[best[name]][name]] for name in lean}
        if not quick:
            best |= {name: best[name.split(",")[0]] for name in usual}
            runs |= {name: [_run(usual[name], base_url, items, best[name], count)] for name in usual}
            for _ in range(2):
                for name in runs:
                    runs[name].append(_run((lean | usual)[name], base_url, items, best[name], count))
    return {
        name: Timing(
            best=min(run.seconds for run in runs[name]),
            seconds=[run.seconds for run in runs[name]],
            best_cpu=min(run.cpu_seconds for run in runs[name]),
            cpu_seconds=[run.cpu_seconds for run in runs[name]],
            concurrency=best[name],
            by_concurrency={str(at): found[name].seconds for at, found in tried.items() if name in found},
            same_work=all(run.same_work for run in runs[name]),
        )
        for name in runs
    }


def _items(count: int) -> Iterator[dict[str, str]]:
    for n in range(count):
        question = f"What is {n} plus {2 * n}? The book says [{3 * n}]."
        yield {"id": f"item-{n}", "question": question, "target": str(3 * n)}


def _run(command: list[str], base_url: str, items: Path, concurrency: int, count: int) -> Run:
    """One whole process, and whether every item was asked for once and scored as correct."""
    _answered(base_url)
    before, started = _cpu(), time.perf_counter()
    ran = subprocess.run([*command, base_url, str(items), str(concurrency)], capture_output=True, text=True)
    seconds, cpu = time.perf_counter() - started, _cpu() - before
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stderr[-2000:]}")
    correct = json.loads(ran.stdout.splitlines()[-1])["correct"]
    return Run(round(seconds, 2), round(cpu, 2), correct == count and _answered(base_url) == count)


def _cpu() -> float:
    """Processor seconds of the child processes that have ended; the endpoint has not."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _answered(base_url: str) -> int:
    with urllib.request.urlopen(base_url.removesuffix("/v1") + "/count") as reply:
        return int(reply.read())


@contextmanager
def _endpoint() -> Iterator[str]:
    command = [sys.executable, str(HERE / "_endpoint.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()
