"""The batch API against the fake teacher over real HTTP: files, faults, and kills without paying twice."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.models.openai_batch import load
from orca2.testing.fake_teacher.process import counts, teacher


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "notes"))


def batches(url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(url + "/batches?limit=100") as response:
        page: list[dict[str, Any]] = json.loads(response.read())["data"]
        return page


def ask(url: str, numbers: list[int], **options: Any) -> dict[int, Completion]:
    async def collect() -> dict[int, Completion]:
        requests = [Request((Message("system", "S"), Message("user", f"What? [{n}]")), 99) for n in numbers]
        found: dict[int, Completion] = {}
        async for index, completion in load("m", url, poll=0.05, **options).generate(requests):
            assert index not in found
            found[index] = completion
        return found

    return asyncio.run(collect())


QUICK = "[batches]\nvalidating = 0.05\nin_progress = 0.1\n"


def test_answers_in_their_places_each_row_paid_once(tmp_path: Path) -> None:
    with teacher(QUICK) as url:
        found = ask(url, [5, 6, 7, 5, 8], rows=2)
        assert [found[i].text for i in range(5)] == [f"The answer is {n}." for n in (5, 6, 7, 5, 8)]
        assert found[0].tokens_in > 0 and found[0].finish_reason == "stop"
        made = batches(url)
        assert [batch["request_counts"]["total"] for batch in made] == [2, 2]
        assert (counts(url)["paid"], counts(url)["batched"]) == (4, 4)


def test_the_same_question_again_takes_the_same_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with teacher(QUICK) as url:
        ask(url, [1, 2, 3])
        assert len(ask(url, [2, 3])) == 2  # a part of it: found through the notes
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other machine"))
        assert len(ask(url, [1, 2, 3])) == 3  # notes lost: found through the metadata
        assert counts(url)["paid"] == 3 and len(batches(url)) == 1
        ask(url, [3, 4])
        assert counts(url)["paid"] == 4  # what was found through the metadata has been noted again


def test_expired_rows_fail_in_their_place_and_the_next_run_asks_them(tmp_path: Path) -> None:
    with teacher(QUICK + "expire_first = 1\nexpired_rows = 0.5") as url:
        found = ask(url, list(range(10)))
        failed = [n for n, completion in found.items() if completion.error]
        assert len(failed) == 5 and all("batch_expired" in str(found[n].error) for n in failed)
        again = ask(url, failed)
        assert [again[i].text for i in range(5)] == [f"The answer is {n}." for n in failed]
        assert counts(url)["paid"] == 10 and counts(url)["paid_again"] == 0


def test_a_failed_batch_fails_its_rows_and_the_next_run_makes_another(tmp_path: Path) -> None:
    with teacher(QUICK + "fail_first = 1") as url:
        found = ask(url, [1, 2])
        assert all("the batch is failed" in str(c.error) and "on purpose" in str(c.error) for c in found.values())
        assert all(c.error is None for c in ask(url, [1, 2]).values())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("error_500", "on purpose"),
        ("content_filter", "content_filter"),
        ("empty_choices", "choices"),
        ("half_json", "holds no answer"),
        ("malformed", "holds no answer"),
    ],
)
def test_a_bad_row_fails_alone(tmp_path: Path, fault: str, said: str) -> None:
    with teacher(QUICK + f"[faults]\n{fault} = 0.5") as url:
        found = ask(url, list(range(20)))
        bad = {n for n, completion in found.items() if completion.error}
        assert len(found) == 20 and 3 < len(bad) < 17
        assert all(said in str(found[n].error) for n in bad)
        assert all(found[n].text == f"The answer is {n}." for n in found if n not in bad)


def test_files_keep_within_rows_and_bytes() -> None:
    model = load("m", "http://localhost:1/v1", rows=3, size=400)
    bodies = {f"{n:03}": b'{"messages": "' + b"x" * n + b'"}' for n in range(0, 200, 10)}
    files = list(model.files(bodies))
    assert [row for _, ids in files for row in ids] == sorted(bodies)
    assert all(len(ids) <= 3 and (len(data) <= 400 or len(ids) == 1) for data, ids in files)
    assert all([json.loads(line)["custom_id"] for line in data.splitlines()] == ids for data, ids in files)


def test_a_dead_provider_fails_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orca2.endpoints.batch_api.sleep_in_slices", lambda seconds: asyncio.sleep(0))
    found = ask("http://127.0.0.1:9/v1", [1, 2])
    assert len(found) == 2 and all("127.0.0.1:9" in str(c.error) for c in found.values())


def test_options_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="rows 1 to 50000"):
        load("m", "http://localhost:1/v1", rows=50_001)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        load("m")


CLIENT = """
import asyncio, json, sys
from pathlib import Path
from orca2.core.types import Message, Request
from orca2.models.openai_batch import load

kept = Path(sys.argv[2])
known = {json.loads(line)[0] for line in kept.read_text().splitlines()} if kept.exists() else set()
owed = [n for n in range(300) if n not in known]
requests = [Request((Message("user", f"What? [{n}]"),), 99) for n in owed]

async def run():
    with open(kept, "a") as file:
        async for index, completion in load("m", sys.argv[1], poll=0.02, rows=40).generate(requests):
            if completion.error is None:
                file.write(json.dumps([owed[index], completion.text]) + "\\n")
                file.flush()
                await asyncio.sleep(0.005)  # so that kills meet it on the way out, too

asyncio.run(run())
"""


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    rng = random.Random(0)
    with teacher("[batches]\nvalidating = 0.1\nin_progress = 1.0") as url:
        kept = tmp_path / "kept.jsonl"
        command = [sys.executable, "-c", CLIENT, url, str(kept)]
        killed = 0
        for _ in range(40):
            with subprocess.Popen(command, env=os.environ) as client:
                try:
                    client.wait(rng.uniform(0.3, 0.9))
                    break
                except subprocess.TimeoutExpired:
                    client.send_signal(signal.SIGKILL)
                    killed += 1
        else:
            subprocess.run(command, check=True)
        rows = dict(json.loads(line) for line in kept.read_text().splitlines())
        assert rows == {n: f"The answer is {n}." for n in range(300)}
        assert len(kept.read_text().splitlines()) == 300
        while any(batch["status"] != "completed" for batch in batches(url)):
            time.sleep(0.05)
        page = counts(url)
        assert killed > 3 and (page["paid"], page["paid_again"]) == (300, 0)


def test_half_of_the_price(tmp_path: Path) -> None:
    price = load("m", "http://localhost:1/v1", prices={"in": 2.0, "out": 8.0}).price
    assert price is not None and (price.asked, price.answered) == (1.0, 4.0)


def test_a_batch_thinks_as_it_is_asked_to(tmp_path: Path) -> None:
    async def collect(url: str) -> list[Completion]:
        requests = [Request((Message("user", f"What? [{n}]"),), 99, thinking=n) for n in ("off", "low")]  # type: ignore[arg-type]
        found = {index: one async for index, one in load("m", url, poll=0.05).generate(requests)}
        return [found[0], found[1]]

    with teacher(QUICK + '[thinking]\nwhen = "asked"\n') as url:
        off, low = asyncio.run(collect(url))
    assert (off.reasoning, off.reasoning_tokens) == ("", 0)
    assert low.reasoning.startswith("The number in brackets") and 0 < low.reasoning_tokens < low.tokens_out
