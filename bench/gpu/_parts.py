"""Parts of a measurement: each in a process of its own, so that its peak memory and its failure are its own."""

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Part = Callable[[bool], dict[str, Any]]  # of whether the run is a quick one on small shapes
OUT = Path(os.environ["OUT"]) if os.environ.get("OUT") else None


def measure(
    name: str, about: str, parts: Mapping[str, Part], extra: tuple[str, ...], summary: Callable[[Any], Any]
) -> None:
    """Run the parts that the command line names, all but `extra` if it names none; the last line is all in JSON."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small shapes, under a minute on a CPU")
    parser.add_argument("--only", default="", help=f"parts, with commas: {', '.join(parts)}; not by default: {extra}")
    parser.add_argument("--budget", type=float, default=280.0, help="seconds for all parts; those left are skipped")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = [part for part in options.only.split(",") if part] or [part for part in parts if part not in extra]
    if unknown := set(chosen) - set(parts):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    if options.child is not None:
        _here(parts[options.only], options.quick, options.child)
        return
    started = time.monotonic()
    found: dict[str, Any] = {"bench": name, "quick": options.quick, "parts": {}}
    for part in chosen:
        left = options.budget - (time.monotonic() - started)
        at = time.monotonic()
        skipped: dict[str, Any] = {"error": "skipped: no time left"}
        result = _apart(part, options.quick, left) if left > 5 else skipped
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


def later(module: str, function: str, *words: Any, **keys: Any) -> Part:
    """A function of a module that only the part's own process imports: this one is to take nothing of the card."""

    def part(quick: bool) -> dict[str, Any]:
        found: dict[str, Any] = getattr(importlib.import_module(module), function)(*words, quick=quick, **keys)
        return found

    return part


def save(name: str, text: str) -> None:
    """Add a text to a file of the output folder, if there is one."""
    if OUT is not None:
        with (OUT / name).open("a") as file:
            file.write(text + "\n")


def _apart(part: str, quick: bool, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder, "result.json")
        command = [sys.executable, sys.argv[0], "--child", str(result), "--only", part, *(["--quick"] if quick else [])]
        process = subprocess.Popen(command, start_new_session=True)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return {"error": f"stopped after {seconds:.0f} s"}
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # the compiler's workers too
            process.wait()
        if not result.exists():
            return {"error": f"the process ended with {code}"}
        found: dict[str, Any] = json.loads(result.read_text())
        return found


def _here(part: Part, quick: bool, result: Path) -> None:
    try:
        found = part(quick)
    except Exception as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        found = {"error": f"{type(error).__name__}: {said}", "trace": traceback.format_exc()[-3000:]}
    result.write_text(json.dumps(found))
