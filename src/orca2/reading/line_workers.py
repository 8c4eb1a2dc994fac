"""Processes that take a line and give one back, each line with a deadline: one that is late is killed and replaced."""

import atexit
import queue
import subprocess
import threading
from collections.abc import Sequence

from orca2.errors import Orca2Error


class LineWorker:
    """One process, started when first asked and again after it had to be killed. Its first line says that it is ready,
    for which it has `start` seconds; `failure` is raised if it does not come."""

    def __init__(self, command: Sequence[str], start: float, failure: Orca2Error) -> None:
        self._command, self._start, self._failure = list(command), start, failure
        self.process: subprocess.Popen[str] | None = None

    def ask(self, line: str, deadline: float) -> str | None:
        """The reply to one line; None if it took longer than `deadline` seconds, or the process has ended."""
        if self.process is None:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
            )
            if self._read(self._start) is None:
                raise self._failure
        assert self.process.stdin
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.stop()
            return None
        return self._read(deadline)

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


class LineWorkers:
    """Several such processes. Safe to ask from several threads, of which `count` are served at a time."""

    def __init__(self, command: Sequence[str], start: float, failure: Orca2Error, count: int) -> None:
        # the last one used is asked first, so that few are started where few are needed
        self._idle: queue.LifoQueue[LineWorker] = queue.LifoQueue()
        for _ in range(count):
            worker = LineWorker(command, start, failure)
            atexit.register(worker.stop)
            self._idle.put(worker)

    def ask(self, line: str, deadline: float) -> str | None:
        """As `LineWorker.ask`, of the next one that is free."""
        worker = self._idle.get()
        try:
            return worker.ask(line, deadline)
        finally:
            self._idle.put(worker)
