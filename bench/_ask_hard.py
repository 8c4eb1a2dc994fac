"""Our engine where it is hard: kills at random moments, a million rows, a storm of refusals."""

import random
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _ask_rows import right
from _asking import client, run, start
from orca2.apps.fake_teacher.process import counts, teacher

FAULTY = """seed = 0
[latency]
kind = "lognormal"
low = 0.005
high = 0.5
median = 0.03
[faults]
error_500 = 0.03
reset = 0.02
malformed = 0.005
half_json = 0.005
empty_choices = 0.005
slow_stream = 0.005
slow_seconds = 1.0
"""
STORM = """seed = 0
[latency]
kind = "uniform"
low = 0.05
high = 0.2
[limit]
per_minute = {per_minute}
burst = {burst}
retry_after = "{told}"
"""


def kills(rows: int, concurrency: int, times: int, seed: int = 0) -> dict[str, Any]:
    """Kill a run so many times at random moments, let it end, and compare what came out with what was paid."""
    rng = random.Random(seed)
    with TemporaryDirectory() as folder, teacher(FAULTY) as base_url:
        result = Path(folder, "result.txt")
        command = [*client("ours", base_url, rows, concurrency, Path(folder, "answers.sqlite")), str(result)]
        killed = asking = 0
        most = 0.35 + 2 * rows / times / 2500  # seconds: a start, and twice an even share of the work
        for _ in range(times):
            before, process = counts(base_url)["paid"], start(command)
            try:
                process.communicate(timeout=rng.uniform(0, most))
                break  # all is done: nothing is left to kill
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.communicate()
                killed += 1
                asking += counts(base_url)["paid"] > before
        ends = [run(command).said]
        while ends[-1]["failed"] and len(ends) < 5:
            ends.append(run(command).said)
        lines = [line.split(" ", 1) for line in result.read_text().splitlines()]
        page = counts(base_url)
    answered = {int(n) for n, text in lines if right(int(n), text)}
    over = page["paid"] - rows
    return {
        "rows": rows, "kills": killed, "while_asking": asking, "runs_at_the_end": len(ends),
        "lost": rows - len(answered), "duplicated": len(lines) - len({n for n, _ in lines}), "paid_over_ideal": over,
        "allowed_over_ideal": concurrency * asking, "kept_it": over <= concurrency * asking and len(answered) == rows,
    }  # fmt: skip


def million(rows: int, concurrency: int) -> dict[str, Any]:
    """Memory over a long run, and how soon a run that was killed near its end asks again."""
    with TemporaryDirectory() as folder, teacher("calm") as base_url:
        command = client("ours", base_url, rows, concurrency, Path(folder, "answers.sqlite"))
        process = start(command)
        while counts(base_url)["paid"] < 0.98 * rows and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        time.sleep(1.0)  # what was in flight is answered by now
        paid, started = counts(base_url)["paid"], time.monotonic()
        process = start(command)
        while counts(base_url)["paid"] == paid and process.poll() is None:
            time.sleep(0.02)
        resumed = time.monotonic() - started
        process.communicate()
        page = counts(base_url)
    with TemporaryDirectory() as folder, teacher("calm") as base_url:
        whole = run(client("ours", base_url, rows, concurrency, Path(folder, "answers.sqlite")))
    return {
        "rows": rows, "killed_at": paid, "resumed_asking_after_s": round(resumed, 2), "paid_again": page["paid_again"],
        "memory_grown_mb": whole.said["grown_mb"], "peak_mb": round(whole.peak_mb, 1), "seconds": round(whole.seconds),
    }  # fmt: skip


def storm(seconds: int, per_minute: int, told: str, concurrency: int) -> dict[str, Any]:
    """How near a run comes to what a server lets in, and how much of it is refused, once it has settled."""
    scenario = STORM.format(per_minute=per_minute, burst=max(per_minute // 60, 1), told=told)
    with TemporaryDirectory() as folder, teacher(scenario) as base_url:
        rows = per_minute * seconds  # more than can be asked
        process = start(client("ours", base_url, rows, concurrency, Path(folder, "answers.sqlite")))
        looks = []
        for _ in range(seconds):
            time.sleep(1.0)
            looks.append((time.monotonic(), counts(base_url)))
        process.kill()
        process.communicate()
    (began, first), (ended, last) = looks[seconds // 3], looks[-1]
    paid, refused = last["paid"] - first["paid"], last["refused"] - first["refused"]
    return {
        "retry_after": told, "allowed_per_s": per_minute / 60, "settled_per_s": round(paid / (ended - began), 1),
        "of_allowed": round(paid / (ended - began) * 60 / per_minute, 3),
        "refused_after_settling": round(refused / max(paid + refused, 1), 4), "refused_before": first["refused"],
    }  # fmt: skip
