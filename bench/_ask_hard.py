"""Our engine where it is hard: kills at random moments, a million rows, a storm of refusals."""

import asyncio
import json
import random
import signal
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from _ask_rows import MODEL, MOST, SYSTEM, prompt, right
from _asking import client, run, start
from orca2.asking.cache import Cache
from orca2.asking.keys import request_key
from orca2.core.types import Message, Request
from orca2.models.openai import load
from orca2.testing.fake_teacher.process import counts, teacher

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
        for _ in range(times):
            before, process = counts(base_url)["paid"], start(command)
            # by what is paid and not by the clock: an even share of the work in the mean, however slow the machine is
            upper_bound, paid = before + rng.uniform(0, 2 * rows / times), before
            while process.poll() is None and paid <= upper_bound:
                time.sleep(rng.uniform(0, 0.01))
                paid = counts(base_url)["paid"]
            if process.poll() is not None:
                break  # all is done: nothing is left to kill
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += 1
            asking += paid > before
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


def resume(rows: int, concurrency: int) -> dict[str, Any]:
    """How soon a run asks of whose rows 98 % are kept, and what it takes in memory and processor time to read these."""
    with TemporaryDirectory() as folder, teacher("calm") as base_url:
        file, known = Path(folder, "answers.sqlite"), round(0.98 * rows)
        fill(file, base_url, known)
        began = time.monotonic()
        process = start(client("ours", base_url, rows, concurrency, file))
        while not counts(base_url)["paid"] and process.poll() is None:
            time.sleep(0.02)
        asked = time.monotonic() - began
        said = json.loads(process.communicate()[0].strip().splitlines()[-1])
        whole, paid = time.monotonic() - began, counts(base_url)["paid"]
    return {
        "rows": rows, "kept": known, "paid": paid, "first_asked_after_s": round(asked, 2), "whole_s": round(whole, 1),
        "cpu_s": round(said["cpu"], 1), "memory_grown_mb": said["grown_mb"], "peak_mb": round(said["peak_mb"], 1),
    }  # fmt: skip


def fill(file: Path, base_url: str, rows: int) -> None:
    """Keep the answers that the fake teacher would give to the first rows."""
    cache, model, system = Cache(file), load(MODEL, base_url), Message("system", SYSTEM)

    async def put() -> None:
        for n in range(rows):
            request = Request((system, Message("user", prompt(n))), MOST)
            body = model.serialize(request)
            reply = {"role": "assistant", "content": f"The answer is {3 * n}."}
            choice = {"index": 0, "message": reply, "finish_reason": "stop"}
            used = {"prompt_tokens": 40, "completion_tokens": 5, "total_tokens": 45}
            raw = {
                "id": "chatcmpl-fake",
                "object": "chat.completion",
                "model": MODEL,
                "choices": [choice],
                "usage": used,
            }
            kept = cache.put(request_key(model.name, request, body), model.name, body, json.dumps(raw).encode())
            if n % 5000 == 0 or n == rows - 1:
                await kept

    asyncio.run(put())
    cache.close()


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
