"""Killed on so many processes, a training goes on on another number of them: same steps, same rows, same loss."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.training import resume

ROOT = Path(__file__).parents[2]
FSDP = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
}
NEEDS_GPUS = pytest.mark.skipif(torch.cuda.device_count() < 2, reason="accelerate shards weights over GPUs only")


def start(
    tiny: Path, checkpoints: Path, out: Path, count: int, env: dict[str, str], seconds: float = 0.0
) -> "subprocess.Popen[str]":
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    words = [*(torchrun if count > 1 or env else []), "-m", "tests.training.shared_training"]
    command = [sys.executable, *words, str(tiny), str(checkpoints), str(out), str(seconds)]
    whole = {**os.environ, "OMP_NUM_THREADS": "1", **env}
    return subprocess.Popen(command, cwd=ROOT, env=whole, stderr=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]", out: Path) -> Any:
    _, said = process.communicate()
    assert process.returncode == 0, said
    return torch.load(out)


def kill_at(tiny: Path, checkpoints: Path, out: Path, count: int, env: dict[str, str], step: int) -> int:
    """SIGKILL to torchrun and to all that it started, once so many steps are saved; the step that was."""
    process = start(tiny, checkpoints, out, count, env, 0.5)
    while not (checkpoints / f"checkpoint-{step}" / resume.COMPLETE).is_file():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.kill()
    for mark in out.parent.glob(f"{out.name}.*.pid"):
        with suppress(ProcessLookupError):
            os.kill(int(mark.suffixes[-2][1:]), signal.SIGKILL)
    process.communicate()
    assert not out.exists()
    last = resume._last(checkpoints)
    assert last is not None
    assert json.loads((last / resume.FINGERPRINT).read_text())[resume.SHARDING] == ("FSDP" if env else None)
    return int(last.name.rpartition("-")[2])


@pytest.mark.slow
@pytest.mark.parametrize("sharded", [False, pytest.param(True, marks=NEEDS_GPUS)], ids=["whole", "sharded"])
def test_another_number_of_processes_goes_on_at_the_step_where_it_was_killed(
    tiny: Path, tmp_path: Path, sharded: bool
) -> None:
    env = FSDP if sharded else {}
    reference = finish(start(tiny, tmp_path / "a", tmp_path / "a.pt", 1, env), tmp_path / "a.pt")
    steps = len(reference["loss"])
    for before, after in ((2, 1), (1, 2)):
        checkpoints, out = tmp_path / f"{before}-{after}", tmp_path / f"{before}-{after}.pt"
        last = kill_at(tiny, checkpoints, out, before, env, 3)
        assert 3 <= last < steps - 2
        made = finish(start(tiny, checkpoints, out, after, env), out)
        assert made["processes"] == after
        for one, other in zip(reference["loss"], made["loss"], strict=True):
            assert one["loss"] == pytest.approx(other["loss"], abs=2e-5)
            assert {**one, "loss": 0} == {**other, "loss": 0}  # the same documents and tokens in each step
        assert torch.allclose(reference["weights"], made["weights"], atol=1e-4)
