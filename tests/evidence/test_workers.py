"""Work shared out to processes of one machine: what dies or fails is named, and takes nobody with it."""

import os
import signal
import time
from pathlib import Path

import pytest

from orca2.errors import RunError
from orca2.evidence import workers


def test_one_job_is_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 2:
            raise RunError("two is wrong")
        done.append(item)

    assert workers.share(work, [1, 2, 3], 1) == {2: "two is wrong"} and done == [1, 3]
    assert "2 failed: two is wrong" in capsys.readouterr().err


def _dies(item: int) -> None:
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if item == 3:
        raise RunError("three is wrong")


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_nobody_with_it() -> None:
    failed = workers.share(_dies, [1, 2, 3, 4, 5], jobs=2)
    assert failed.keys() == {2, 3} and failed[3] == "three is wrong" and "was killed" in failed[2]


@pytest.mark.slow
def test_each_worker_gets_a_gpu_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    monkeypatch.chdir(tmp_path)
    assert workers.share(_note_gpu, list(range(4)), jobs=2) == {}
    assert {path.name for path in tmp_path.iterdir()} == {"4", "7"}


def _note_gpu(item: int) -> None:
    Path(os.environ["CUDA_VISIBLE_DEVICES"]).touch()
    time.sleep(0.3)
