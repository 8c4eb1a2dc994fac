"""Real processes that answer lines: one that was ended or is late is replaced, one that does not start is an error."""

import sys
import threading

import pytest

from orca2.errors import ModelError
from orca2.reading.line_workers import LineWorker, LineWorkers

SHOUT = """
import sys, time
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "slow":
        time.sleep(60)
    print(line.strip().upper(), flush=True)
"""
FAILURE = ModelError("it does not start")


def test_a_worker_that_was_ended_or_is_late_is_started_anew() -> None:
    worker = LineWorker([sys.executable, "-c", SHOUT], 30, FAILURE)
    try:
        assert worker.ask("a", 30) == "A\n"
        assert worker.process is not None
        worker.process.kill()
        worker.process.wait()
        assert worker.ask("b", 30) is None  # this line is lost
        assert worker.ask("c", 30) == "C\n"
        assert worker.ask("slow", 0.2) is None
        assert worker.ask("d", 30) == "D\n"
    finally:
        worker.stop()
    assert worker.process is None


def test_one_that_does_not_start_is_the_error_that_was_given() -> None:
    with pytest.raises(ModelError, match="it does not start"):
        LineWorker([sys.executable, "-c", "raise SystemExit(1)"], 30, FAILURE).ask("a", 30)


def test_several_threads_are_served_at_once() -> None:
    workers = LineWorkers([sys.executable, "-c", SHOUT], 30, FAILURE, 2)
    replies: list[str | None] = []
    threads = [threading.Thread(target=lambda: replies.append(workers.ask("x", 30))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == ["X\n"] * 6
