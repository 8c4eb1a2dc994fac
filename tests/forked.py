"""The command line in a process of its own, forked from one that has loaded torch and the stages already.

A start of Python with them takes seconds, which a test of twenty kills would pay twenty times. The process is as real
as any: it has its own memory, is signalled, dies by it, and ends with the command's exit code.
"""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO

LOADED = [
    "torch", "transformers", "accelerate", "scipy.stats", "orca2.cli", "orca2.pipeline", "orca2.training.training",
    "orca2.models.transformers", *(f"orca2.stages.{name}" for name in ("explain", "profile", "train", "evaluate")),
]  # fmt: skip


@contextmanager
def command(*words: object) -> Iterator[tuple[BaseProcess, IO[str]]]:
    """The process of a command, and what it writes to standard error; waited for at the end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder, "stderr")
        os.mkfifo(pipe)
        process = context.Process(target=_run, args=(pipe, [str(word) for word in words]))
        process.start()
        with open(pipe, encoding="utf-8") as said:
            yield process, said
        process.join()


def _run(pipe: Path, words: list[str]) -> None:
    from orca2.cli import main

    sys.stdout, sys.stderr = open(os.devnull, "w"), open(pipe, "w", buffering=1)  # noqa: SIM115 (they are the process's)
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        os.dup2(stream.fileno(), number)
    sys.argv = ["orca2", *words]
    main()
