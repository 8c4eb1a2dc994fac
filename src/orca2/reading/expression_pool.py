"""Processes that compare mathematical expressions, each with our own deadline.

`math-verify` limits its time by SIGALRM, which raises off the main thread and may answer "no" in silence;
here a comparison that takes too long is killed and reported.
"""

import functools
import json
import os
import sys

from orca2.errors import ModelError
from orca2.reading.line_workers import LineWorkers

COMMAND = (sys.executable, "-m", "orca2.reading.expression_worker")
DEADLINE = 5.0  # seconds for one comparison
START = 120.0  # seconds for a process to import what it needs
WORKERS = min(4, os.cpu_count() or 1)


@functools.cache
def _workers() -> LineWorkers:
    failure = ModelError("grader math: its process does not start; try: python -m orca2.reading.expression_worker")
    return LineWorkers(COMMAND, START, failure, WORKERS)


def same(gold: str, answer: str) -> bool | None:
    """Whether two expressions in LaTeX are equal; None if that was not settled within `DEADLINE`.

    Safe to call from several threads, of which `WORKERS` are served at a time.
    """
    reply = _workers().ask(json.dumps([gold, answer]), DEADLINE)
    return None if reply is None else bool(json.loads(reply))
