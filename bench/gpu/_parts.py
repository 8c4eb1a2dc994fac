"""Parts of a measurement: each in a process of its own, so that its peak memory and its failure are its own.

The next part's process imports its modules while one is measured, and then waits: on a GPU's host that costs the one
that is measured nothing, and half of a short part's time would be imports otherwise.
"""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OUT = Path(os.environ["OUT"]) if os.environ.get("OUT") else None


@dataclass(frozen=True)
class Part:
    """A function of a module that only the part's own process imports: the others are to take nothing of the card."""

    module: str
    function: str
    words: tuple[Any, ...]
    keys: Mapping[str, Any]

    def fetch(self) -> Callable[..., dict[str, Any]]:
        found: Callable[..., dict[str, Any]] = getattr(importlib.import_module(self.module), self.function)
        return found


def later(module: str, function: str, *words: Any, **keys: Any) -> Part:
    return Part(module, function, words, keys)


def measure(
    name: str,
    about: str,
    parts: Mapping[str, Part],
    extra: tuple[str, ...],
    summary: Callable[[Any], Any],
    alone: str = "-",
) -> None:
    """Run the parts that the command line names, all but `extra` if it names none; the last line is all in JSON.

    While a part whose name begins with `alone` is measured, no other process is there: it needs all of the card.
    """
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
    started, waiting = time.monotonic(), _Apart(chosen[0], options.quick)
    found: dict[str, Any] = {"bench": name, "quick": options.quick, "parts": {}}
    for place, part in enumerate(chosen):
        left = options.budget - (time.monotonic() - started)
        at = time.monotonic()
        process, then = waiting, chosen[place + 1] if place + 1 < len(chosen) else None
        if then is not None and left > 5 and not part.startswith(alone):
            waiting = _Apart(then, options.quick)
        result = process.result(left) if left > 5 else process.skip()
        if then is not None and waiting is process:
            waiting = _Apart(then, options.quick)
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


class _Apart:
    """The process of a part, from its imports on."""

    def __init__(self, part: str, quick: bool) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._result = Path(self._folder.name, "result.json")
        command = [sys.executable, sys.argv[0], "--child", str(self._result), "--only", part]
        self._process = subprocess.Popen(
            [*command, *(["--quick"] if quick else [])], stdin=subprocess.PIPE, start_new_session=True
        )

    def result(self, seconds: float) -> dict[str, Any]:
        """Let it measure."""
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended: its code says so
                self._process.communicate(b"go\n", seconds)
        except subprocess.TimeoutExpired:
            return {"error": f"stopped after {seconds:.0f} s"}
        finally:
            self._end()
        if not self._result.exists():
            return {"error": f"the process ended with {self._process.returncode}"}
        found: dict[str, Any] = json.loads(self._result.read_text())
        return found

    def skip(self) -> dict[str, Any]:
        self._end()
        return {"error": "skipped: no time left"}

    def _end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # the compiler's workers too
        self._process.wait()


def _here(part: Part, quick: bool, result: Path) -> None:
    try:
        work = part.fetch()
        if not sys.stdin.readline():
            return
        found = work(*part.words, quick=quick, **part.keys)
    except Exception as error:
        said = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        found = {"error": f"{type(error).__name__}: {said}", "trace": traceback.format_exc()[-3000:]}
    result.write_text(json.dumps(found))
