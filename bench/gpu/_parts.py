"""Parts of a measurement: each in a process of its own, so that its peak memory and its failure are its own."""

import argparse
import json
import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Part = Callable[[bool], dict[str, Any]]  # of whether the run is a quick one on small shapes
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")  # to ask for a GPU does not start CUDA before the fork
os.environ.setdefault("PYTORCH_CUDA_ALLOC_CONF", "expandable_segments:True")
OUT = Path(os.environ["OUT"]) if os.environ.get("OUT") else None


def measure(
    name: str, about: str, parts: Mapping[str, Part], extra: tuple[str, ...], summary: Callable[[Any], Any]
) -> None:
    """Run the parts that the command line names, all but `extra` if it names none; the last line is all in JSON."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small shapes, under a minute on a CPU")
    parser.add_argument("--only", default="", help=f"parts, with commas: {', '.join(parts)}; not by default: {extra}")
    parser.add_argument("--budget", type=float, default=280.0, help="seconds for all parts; those left are skipped")
    options = parser.parse_args()
    chosen = [part for part in options.only.split(",") if part] or [part for part in parts if part not in extra]
    if unknown := set(chosen) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    started = time.monotonic()
    found: dict[str, Any] = {"bench": name, "quick": options.quick, "parts": {}}
    for part in chosen:
        left = options.budget - (time.monotonic() - started)
        at = time.monotonic()
        skipped: dict[str, Any] = {"error": "skipped: no time left"}
        result = _apart(parts[part], options.quick, left) if left > 5 else skipped
        result["wall_seconds"] = round(time.monotonic() - at, 1)
        found["parts"][part] = result
        found["summary"] = summary(found["parts"])
        print(f"{part}: {json.dumps({k: v for k, v in result.items() if k != 'trace'})}", flush=True)
        if "trace" in result:
            print(result["trace"], flush=True)
        if OUT is not None:
            (OUT / f"{name}.json").write_text(json.dumps(found, indent=1))
    for key, value in found["summary"].items():
        print(f"{key}: {value}")
    print(json.dumps(found))


def save(name: str, text: str) -> None:
    """Add a text to a file of the output folder, if there is one."""
    if OUT is not None:
        with (OUT / name).open("a") as file:
            file.write(text + "\n")


def _apart(part: Part, quick: bool, seconds: float) -> dict[str, Any]:
    context = multiprocessing.get_context("fork")  # what is imported already need not be again
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(part, quick, theirs))
    process.start()
    theirs.close()
    try:
        result: dict[str, Any] = ours.recv() if ours.poll(seconds) else {"error": f"stopped after {seconds:.0f} s"}
    except EOFError:
        process.join(5)
        result = {"error": f"the process ended with {process.exitcode}"}
    try:
        os.killpg(process.pid or 0, signal.SIGKILL)  # the compiler's workers too
    except ProcessLookupError:
        process.kill()
    process.join(10)
    return result


def _child(part: Part, quick: bool, pipe: Connection) -> None:
    os.setsid()
    try:
        pipe.send(part(quick))
    except BaseException as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        pipe.send({"error": f"{type(error).__name__}: {said}", "trace": traceback.format_exc()[-3000:]})
    pipe.close()
