"""Processes that compare mathematical expressions, each with our own deadline.

`math-verify` limits its time by SIGALRM, which raises off the main thread and may answer "no" in silence;
here a comparison that takes too long is killed and reported.
"""

import atexit
import functools
import json
import os
import queue
import subprocess
import sys
import threading

from orca2.errors import ModelError

DEADLINE = 5.0  # seconds for one comparison
START = 120.0  # seconds for a process to import what it needs
WORKERS = min(4, os.cpu_count() or 1)


class _Worker:
    """One process, started when first asked and again after it had to be killed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def ask(self, line: str) -> str | None:
        """The reply to one line; None if it took longer than `DEADLINE`."""
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "orca2.reading.expression_worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
            if self._read(START) is None:
                raise ModelError(
                    "grader math: its process does not start; try: python -m orca2.reading.expression_worker"
                )
        assert self.process.stdin
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.stop()
            return None
        return self._read(DEADLINE)

    def _read(self, seconds: float) -> str | None:
        assert self.process and self.process.stdout
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        reply = self.process.stdout.readline()
        timer.cancel()
        if not reply:
            self.stop()
        return reply or None

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@functools.cache
def _workers() -> "queue.LifoQueue[_Worker]":
    """The idle workers; the last one used is asked first, so that few are started where few are needed."""
    idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
    for _ in range(WORKERS):
        worker = _Worker()
        atexit.register(worker.stop)
        idle.put(worker)
    return idle


def same(gold: str, answer: str) -> bool | None:
    """Whether two expressions in LaTeX are equal; None if that was not settled within `DEADLINE`.

    Safe to call from several threads, of which `WORKERS` are served at a time.
    """
    idle = _workers()
    worker = idle.get()
    try:
        reply = worker.ask(json.dumps([gold, answer]))
    finally:
        idle.put(worker)
    return None if reply is None else bool(json.loads(reply))
