"""Requests out in files and results in, round by round, come to what a live teacher comes to, to the byte."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orca2.apps.request_files.export import export
from tests.apps.request_files.conftest import Bench
from tests.run_batch import run_batch


def requests(folder: Path) -> list[Any]:
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def answered(bench: Bench, out: Path) -> Path:
    """The folder of the results of exported requests."""
    back = out.with_name(f"{out.name}-results")
    back.mkdir()
    for file in sorted(out.glob("*.jsonl")):
        run_batch(bench.url, file, back / file.name.replace("requests", "answers"), "teacher/large")
    return back


@pytest.mark.slow
def test_all_rounds_come_to_what_a_live_teacher_comes_to(bench: Bench) -> None:
    bench.begin(run="live")
    bench.received.clear()
    bench.begin(run="live", until="erase")
    bodies = Counter(json.dumps({k: v for k, v in body.items() if k not in SENT}) for body in bench.received)
    bench.begin()
    bench.received.clear()
    sent, rounds = Counter[str](), 0
    while True:
        out = bench.folder / f"round{rounds}"
        said = bench.teach("--export", out)
        if "every request has an answer" in said:
            break
        rows = requests(out)
        sent.update(json.dumps(row["body"]) for row in rows)
        assert f"{len(rows):,} requests -> {out / 'requests-00001.jsonl'}\n" in said and "--export FOLDER" in said
        assert len({row["custom_id"] for row in rows}) == len(rows)
        assert not bench.received, "an export asks nothing"
        said = bench.teach("--import", answered(bench, out))
        assert f"{len(rows):,} answers taken in from 1 files, of teacher/large-2026\n" in said
        bench.received.clear()
        rounds += 1
    assert rounds > 3 and not out.exists()
    assert sent == bodies and set(bodies.values()) == {1}
    bench.begin(until="erase")
    assert not bench.received
    for name in ("demonstrations.jsonl", "verified.jsonl", "set_aside.jsonl", "lessons.jsonl"):
        assert (bench.run / name).read_bytes() == (bench.folder / "live" / name).read_bytes(), name
    live, here = bench.record("live"), bench.record()
    assert here["stages"]["teach"]["outputs"] == live["stages"]["teach"]["outputs"]
    imports = [here["asked"][f"import {number + 1}"] for number in range(rounds)]
    taught, asked = here["asked"]["teach"], live["asked"]["teach"]
    assert (taught["asked"], taught["cached"], taught["tokens_out"]) == (0, asked["requests"], 0)
    for count in ("asked", "tokens_in", "tokens_out"):
        assert sum(entry[count] for entry in imports) == asked[count], count
    assert imports[0]["answered_by"] == ["teacher/large-2026"]
    assert here["spent"] == round(sum(entry["cost"] for entry in imports), 6) + here["asked"]["profile"]["cost"]
    assert abs(here["spent"] - live["spent"]) < 1e-6


SENT = ("authorization", "api_key", "path")


def test_files_hold_the_requests_in_the_order_of_asking_and_no_more_than_their_rows(bench: Bench) -> None:
    bench.begin()
    export(bench.run, (), False, bench.folder / "out", rows=10)
    files = sorted((bench.folder / "out").iterdir())
    assert [file.name for file in files] == [f"requests-{n:05}.jsonl" for n in range(1, len(files) + 1)]
    counts = [len(file.read_text().splitlines()) for file in files]
    assert set(counts[:-1]) == {10} and sum(counts) == 2 * 24  # two right answers are wanted of each task
    systems = [row["body"]["messages"][0]["content"] for row in requests(bench.folder / "out")]
    export(bench.run, (), False, bench.folder / "again", rows=10)
    assert [file.read_bytes() for file in sorted((bench.folder / "again").iterdir())] == [f.read_bytes() for f in files]
    assert len(set(systems)) > 1 and not (bench.folder / "out.partial").exists()


def test_what_fails_stays_to_be_asked_and_a_part_can_be_taken_in(bench: Bench) -> None:
    bench.begin("teach.samples=1", "teach.min_correct=1", 'profile.choose={f0="direct",f1="direct"}')
    bench.received.clear()
    export(bench.run, (), False, bench.folder / "out", rows=10)
    back = bench.folder / "back"
    back.mkdir()
    run_batch(bench.url, bench.folder / "out/requests-00001.jsonl", back / "a.jsonl", "another")
    run_batch(bench.url, bench.folder / "out/requests-00002.jsonl", back / "b.jsonl")
    said = bench.teach("--import", back, "--export", bench.folder / "next")
    assert "10 answers taken in from 2 files" in said and "14 requests of 14 tasks wait for answers" in said
    assert (
        "10 failed, and stay to be asked; the first: a.jsonl:1: error 404: The model `teacher/large` does not" in said
    )
    first, left = requests(bench.folder / "out"), requests(bench.folder / "next")
    assert left == first[:10] + first[20:]
    entry = bench.record()["asked"]["import 1"]
    assert (entry["requests"], entry["asked"], entry["failed"]) == (
        20,
        20,
        {"error 404: The model `teacher/large` does not exist.": 10},
    )
    said = bench.teach("--import", back)
    assert "0 answers taken in" in said and "10 had an answer before, which stays" in said
    second = bench.record()["asked"]["import 2"]
    assert (second["cached"], second["cost"], second["tokens_in"]) == (10, 0, 0)
