"""The parts of `bench/asking.py`: a fake teacher of its own for each run, and what a client's whole process took."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, TypedDict

import _environments
from orca2.testing.fake_teacher.process import counts, teacher

HERE = Path(__file__).resolve().parent
PEERS = {"distilabel": "distilabel", "curator": "bespokelabs.curator", "data_designer": "data_designer.interface"}


class Took(TypedDict):
    """What one process took. `per_second` counts from the first answer to the last, so imports are left out of it;
    `first` is seconds from the start of the process to the server's first answer. Memory is the largest process's.
    """

    rows: int
    right: int
    seconds: float
    per_second: float
    cpu_per_1000: float
    peak_mb: float
    first: float
    asked_once: bool


class Ended(NamedTuple):
    seconds: float
    cpu: float
    peak_mb: float
    started: float
    said: dict[str, Any]


def start(command: Sequence[str], folder: str = "/tmp") -> "subprocess.Popen[str]":
    """A client's process. A peer does not see our packages, writes into the folder, and sends nothing home."""
    known = os.environ.copy()
    if command[0] != sys.executable:
        known.pop("PYTHONPATH", None)
        # litellm's wheel brings the token counter that two of them would otherwise try to fetch for seconds
        counter = _environments.HOME.glob("curator/lib/*/site-packages/litellm/litellm_core_utils/tokenizers")
        known |= {"TIKTOKEN_CACHE_DIR": str(next(counter, "")), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        known |= dict.fromkeys(("TELEMETRY_ENABLED", "NEMO_TELEMETRY_ENABLED"), "false") | {"HF_HUB_OFFLINE": "1"}
        known |= dict.fromkeys(("CURATOR_CACHE_DIR", "DATA_DESIGNER_HOME", "HF_DATASETS_CACHE", "TMPDIR"), folder)
        known |= {"CURATOR_DISABLE_RICH_DISPLAY": "1", "OPENAI_API_KEY": "none"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=known)


def run(command: Sequence[str], folder: str = "/tmp") -> Ended:
    """A client to its end. Processor time is its own and its children's."""
    started = time.monotonic()
    process = start(command, folder)
    printed, complained = process.communicate()
    seconds = time.monotonic() - started
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{complained[-3000:]}")
    said = json.loads(printed.strip().splitlines()[-1])
    return Ended(seconds, said["cpu"], said["peak_mb"], started, said)


def client(name: str, base_url: str, rows: int, concurrency: int, cache: Path) -> list[str]:
    """The command of a client, whose process says at its end what it used."""
    if name in PEERS:
        script, more = HERE / "peers" / f"{name}_.py", []
        python = str(_environments.python(name))
    else:
        script, more = HERE / f"_ask_{name}.py", [str(cache)] if name == "ours" else []
        python = sys.executable
    return [python, str(HERE / "_ask_used.py"), str(script), base_url, str(rows), str(concurrency), *more]


def measure(name: str, scenario: str, rows: int, concurrency: int) -> Took:
    """One client, one fresh process, one fresh server."""
    with TemporaryDirectory() as folder, teacher(scenario) as base_url:
        ended = run(client(name, base_url, rows, concurrency, Path(folder, "answers.sqlite")), folder)
        page = counts(base_url)
    between = page["last_paid"] - page["first_paid"]
    return Took(
        rows=ended.said["rows"],
        right=ended.said["right"],
        seconds=round(ended.seconds, 2),
        per_second=round((page["paid"] - 1) / between, 1),
        cpu_per_1000=round(1000 * ended.cpu / rows, 3),
        peak_mb=round(ended.peak_mb, 1),
        first=round(page["first_paid"] - ended.started, 2),
        asked_once=page["paid"] == rows == page["contents"] == ended.said["right"],
    )


def import_seconds(name: str) -> float:
    """The best of three imports of what a user of the tool imports, in a fresh process."""
    module = PEERS.get(name, "orca2.asking.engine, orca2.models.openai" if name == "ours" else "aiohttp")
    module = "distilabel.pipeline, distilabel.models, distilabel.steps.tasks" if name == "distilabel" else module
    python = str(_environments.python(name)) if name in PEERS else sys.executable
    timed = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    found = []
    for _ in range(3):
        process = start([python, "-c", timed])
        found.append(float(process.communicate()[0].strip().splitlines()[-1]))
    return round(min(found), 2)
