"""Processes that are killed, or share one file: no answer is lost, and what was paid is not paid again."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orca2.testing.fake_teacher.process import counts, teacher

pytestmark = pytest.mark.slow  # each of them starts processes, and most end some
FLIGHT = 16
CLIENT = """
import json, sys
from pathlib import Path
from orca2.asking.cache import Cache
from orca2.asking.client import ModelClient
from orca2.asking.engine import run_all
from orca2.core.types import Message, Request
from orca2.models.openai import load
async def once(n, ask):
    return await ask(Request((Message("user", f"What? [{n}]"),), 64))
url, rows, cache = sys.argv[1:]
client = ModelClient(load("fake-teacher", url, concurrency=16, retries=20), Cache(Path(cache)))
found = {n: completion.text for n, completion in run_all(client, range(int(rows)), once)}
client.ledger.check()
print(json.dumps([len(found), sum(f"{n}." in text for n, text in found.items()), client.ledger.asked]))
"""
SLOW = '[latency]\nkind = "uniform"\nlow = 0.02\nhigh = 0.2\n'
FAULTY = SLOW + "[faults]\nerror_500 = 0.05\nreset = 0.05\n"


def client(url: str, rows: int, cache: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CLIENT, url, str(rows), str(cache)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_run_that_is_killed_at_random_moments_loses_what_was_in_flight_at_most(tmp_path: Path) -> None:
    rows, killed, rng = 300, 0, random.Random(1)
    with teacher(FAULTY) as url:
        for _ in range(3):
            before = counts(url)["paid"]
            with client(url, rows, tmp_path / "answers.sqlite") as process:
                while counts(url)["paid"] == before and process.poll() is None:
                    time.sleep(0.01)
                time.sleep(rng.uniform(0, 0.4))
                process.send_signal(signal.SIGKILL)
                killed += 1
        with client(url, rows, tmp_path / "answers.sqlite") as process:
            said = process.communicate()[0]
        page = counts(url)
    assert said.startswith(f"[{rows}, {rows}, ")
    assert page["contents_paid"] == rows and page["paid"] - rows <= FLIGHT * killed


def test_two_processes_on_one_file_pay_once_for_what_one_of_them_has(tmp_path: Path) -> None:
    rows = 200
    with teacher(SLOW) as url:
        both = [client(url, rows, tmp_path / "answers.sqlite") for _ in range(2)]
        said = [process.communicate()[0] for process in both]
        page = counts(url)
    assert all(each.startswith(f"[{rows}, {rows}, ") for each in said)
    # twice only what one had in the air when it saw that the other had come up
    assert page["contents_paid"] == rows and page["paid"] <= rows + 2 * FLIGHT


def test_an_endpoint_that_dies_and_comes_back_is_asked_again(tmp_path: Path) -> None:
    from contextlib import ExitStack

    from orca2.asking.client import ModelClient
    from orca2.asking.engine import Ask, run_all
    from orca2.core.types import Completion, Message, Request
    from orca2.models.openai import load

    async def once(n: int, ask: Ask) -> Completion:
        return await ask(Request((Message("user", f"What? [{n}]"),), 64))

    steady = '[latency]\nkind = "fixed"\nlow = 0.02\n'
    with teacher(steady) as left, ExitStack() as stack:
        right = stack.enter_context(teacher(steady))
        port = int(right.split(":")[2].split("/")[0])
        client = ModelClient(load("fake-teacher", [right, left], concurrency=4, retries=3))
        found, again = dict[int, Completion](), False
        for n, completion in run_all(client, iter(range(4000)), once):
            found[n] = completion
            if len(found) == 100:
                assert counts(right)["paid"] > 0
                stack.close()
            if len(found) == 300:
                stack.enter_context(teacher(steady, port))
            if len(found) > 300 and len(found) % 50 == 0 and counts(right)["paid"] > 0:
                again = True
                break
        assert again and all(completion.error is None for completion in found.values())
