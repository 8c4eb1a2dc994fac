"""A student on two nodes says what it says in one process, whoever dies meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("ray")

from orca2.errors import RunError
from orca2.models.transformers import load
from orca2.scale import students as module
from orca2.scale.student import Checkpoint
from orca2.scale.students import Students
from orca2.sections import Cluster
from tests.benchmarks.shapes import SHAPES
from tests.scale.two_nodes import answers, questions, students, two_nodes, until

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with two_nodes() as address:
        yield address


def student(folder: Path) -> Students:
    return Students(Checkpoint(str(folder), Path(), dtype="fp32"), Cluster(), "runs/tried")


def test_answers_are_those_of_one_process(tiny: Path, address: str) -> None:
    alone, shared, requests = load(str(tiny), Path(), "cpu", dtype="fp32"), student(tiny), questions(150)
    requests.append(requests[3].__class__(requests[3].messages * 2000, 8))  # too long: it fails alone
    expected = answers(alone, requests)
    assert shared.name == alone.name
    assert answers(shared, requests) == expected
    assert expected[150].error and sum(worker.done for worker in students()) == 151
    first = {worker.pid for worker in students()}
    assert answers(shared, requests) == expected and {worker.pid for worker in students()} == first  # loaded once
    assert len(first) == 2 and len({worker.node for worker in students()}) == 2
    assert {(worker.run, worker.model, worker.in_flight) for worker in students()} == {("runs/tried", str(tiny), 0)}
    other = student(tiny)
    assert answers(other, questions(3)) == answers(alone, questions(3))  # by a process that the one before had
    assert {worker.pid for worker in students()} == first and [worker.done for worker in students()].count(3) == 1
    assert answers(shared, questions(3)) == answers(alone, questions(3))  # which is asked once more: its own are new
    assert until(lambda: not first & {worker.pid for worker in students()})


def test_a_killed_worker_loses_nothing(tiny: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    requests, killed = questions(200, most=96), list[int]()
    expected = answers(load(str(tiny), Path(), "cpu", dtype="fp32"), requests)

    def kill(count: int) -> None:
        if not killed:
            busy = next(worker.pid for worker in students() if worker.in_flight)
            os.kill(busy, signal.SIGKILL)
            killed.append(busy)

    assert answers(student(tiny), requests, kill) == expected
    assert killed and killed[0] not in {worker.pid for worker in students()}
    assert "has died; what it had at hand is asked again" in capsys.readouterr().err


def test_who_dies_again_and_again_is_said(tiny: Path, address: str) -> None:
    ended = threading.Event()

    def kill_all() -> None:
        while not ended.wait(0.05):
            for worker in students():
                os.kill(worker.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(RunError, match=f"{module.VAIN} students in a row died before an answer, on "):
            answers(student(tiny), questions(64, most=96))
    finally:
        ended.set()
        killer.join()


def test_a_node_without_the_checkpoint_is_one_line(tiny: Path, address: str, tmp_path: Path) -> None:
    shutil.copytree(tiny, tmp_path / "gone")
    gone = student(tmp_path / "gone")
    shutil.rmtree(tmp_path / "gone")
    with pytest.raises(RunError, match=r"gone does not exist.* where all nodes reach it") as told:
        answers(gone, questions(4))
    assert "\n" not in str(told.value)
    shutil.copytree(tiny, tmp_path / "other")
    other = student(tmp_path / "other")
    (tmp_path / "other" / "x.jinja").write_text("changed")
    with pytest.raises(RunError, match="is another checkpoint than here"):
        answers(other, questions(4))


def test_what_no_node_holds_is_said_at_once(tiny: Path, address: str) -> None:
    large = Students(Checkpoint(str(tiny), Path()), Cluster(student_cpus=64), "")
    with pytest.raises(RunError, match=r"no node of the cluster holds a student of 1 GPUs or 64 cores"):
        answers(large, questions(4))


def test_status_says_who_works(tiny: Path, address: str, run: Run) -> None:
    held = student(tiny)
    answers(held, questions(40))
    code, out, err = run("cluster", "status", "--json")
    found = json.loads(out)
    assert code == 0 and [node["cpus"] for node in found["nodes"]] == [1, 1]
    assert {worker["role"] for worker in found["workers"]} == {"student"}
    assert sum(worker["done"] for worker in found["workers"]) == 40
    code, _, err = run("cluster", "status")
    assert code == 0 and "2 nodes" in err and "0 of 1" in err and "tried" in err


def test_a_suite_on_the_cluster(
    smol: str, address: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, rows = SHAPES["gsm8k"]
    (tmp_path / "data" / name).parent.mkdir(parents=True)
    (tmp_path / "data" / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = ("suite", smol, "--benchmarks", "gsm8k", "--data", tmp_path / "data", "--max-tokens", 8)
    for out, more in (("here", ()), ("there", ("--cluster", address))):
        monkeypatch.setenv("ORCA2_CACHE", str(tmp_path / f"{out}.sqlite"))  # neither has the answers of the other
        code, _, err = run(*words, "--out", tmp_path / out, *more)
        assert code == 0, err
    here, there = (json.loads((tmp_path / out / "suite.json").read_text()) for out in ("here", "there"))
    assert here["model_id"] == there["model_id"] and here["benchmarks"] == there["benchmarks"]
    code, _, err = run("suite", "http://127.0.0.1:9/v1", "--model", "x", "--cluster", address)
    assert code == 2 and "is an endpoint" in err


WITHOUT = """
import sys
from orca2 import pipeline
from orca2.apps import suite
from orca2.run import models, tasks
from orca2.scale.connecting import connected
from orca2.models.transformers import load
with connected(None):
    load(sys.argv[1], pipeline.Path(), 'cpu')
print(*sys.modules)
"""


@pytest.mark.slow
def test_nothing_of_ray_is_loaded_without_a_cluster(tiny: Path) -> None:
    told = subprocess.run([sys.executable, "-c", WITHOUT, tiny], capture_output=True, text=True, check=True)
    loaded: Any = set(told.stdout.split())
    assert "orca2.scale.connecting" in loaded and not {name for name in loaded if name.split(".")[0] == "ray"}
