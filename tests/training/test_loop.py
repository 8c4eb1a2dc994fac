"""What stops a step, what each one moves, and a training told to stop: it ends saved, and goes on from there."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from orca2.errors import ModelError
from orca2.sections import Training
from orca2.training.training import train
from tests.training.conftest import flat, lessons, load_tiny

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="a process of Windows cannot be sent Ctrl-C alone")


@pytest.mark.parametrize("tied", [True, False])
def test_every_tensor_moves_within_two_steps(tiny: Path, tokenizer: Any, tied: bool) -> None:
    model = load_tiny(tiny)
    if not tied:
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
        model.config.tie_word_embeddings = False
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    train(model, tokenizer, lessons(8), Training(row_tokens=256, epochs=2, batch_tokens=10**6), 0, "t")
    assert len(before) == 20 + (not tied)
    assert all(not torch.equal(p, before[name]) for name, p in model.named_parameters())


def test_a_loss_that_is_no_number_stops_before_the_weights_change(network: Any, tokenizer: Any) -> None:
    with torch.no_grad():
        network.model.norm.weight[0] = float("inf")
    before = flat(network)
    with pytest.raises(ModelError, match=r"loss .*nan.* at step 1; the weights are still"):
        train(network, tokenizer, lessons(8), Training(row_tokens=256), 0, "t")
    assert torch.equal(flat(network), before)


def start(tiny: Path, checkpoints: Path, out: Path, seconds: float, count: int = 1) -> "subprocess.Popen[str]":
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"] if count > 1 else []
    words = [*torchrun, "-m", "tests.training.stopped", str(tiny), str(checkpoints), str(out), str(seconds)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stop_at(process: "subprocess.Popen[str]", line: str, number: int) -> tuple[list[str], str]:
    """What it has said by its end on standard output and error, signalled once it said a line."""
    assert process.stdout is not None
    said = []
    for said_line in process.stdout:
        said.append(said_line.strip())
        if said[-1] == line:
            process.send_signal(number)
            break
    rest, errors = process.communicate()
    return [*said, *rest.splitlines()], errors


def finish(process: "subprocess.Popen[str]", out: Path) -> Any:
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    return torch.load(out)


def last_step(checkpoints: Path) -> int:
    (last,) = checkpoints.glob("checkpoint-*")
    return int(last.name.removeprefix("checkpoint-"))


@pytest.fixture(scope="module")
def undisturbed(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("undisturbed")
    return finish(start(tiny, folder / "c", folder / "out.pt", 0.0), folder / "out.pt")


@POSIX
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 128 + signal.SIGTERM)])
@pytest.mark.parametrize("line", ["step 4", "try"])
def test_a_signal_ends_it_with_a_checkpoint_of_the_last_step(
    undisturbed: Any, tiny: Path, tmp_path: Path, number: signal.Signals, code: int, line: str
) -> None:
    """Also while the student is tried, which is broken off and begun anew, on the same mean of weights."""
    first = min(undisturbed["tries"])
    process = start(tiny, tmp_path / "c", tmp_path / "out.pt", 0.3)
    said, errors = stop_at(process, f"try {first}" if line == "try" else line, number)
    begun = sum(word.startswith("step") for word in said)
    assert process.returncode == code and "once this step is done and saved" in errors
    assert last_step(tmp_path / "c") == begun and (line != "try" or said[-1] == f"try {first}")
    made = finish(start(tiny, tmp_path / "c", tmp_path / "out.pt", 0.0), tmp_path / "out.pt")
    assert made["seen"][0] == begun and made["loss"] == undisturbed["loss"]
    assert torch.equal(made["weights"], undisturbed["weights"])
    assert all(torch.equal(mean, undisturbed["tries"][at]) for at, mean in made["tries"].items())
    assert line != "try" or made["tries"].keys() == undisturbed["tries"].keys()


@POSIX
@pytest.mark.slow
def test_a_second_ctrl_c_ends_it_at_once(tiny: Path, tmp_path: Path) -> None:
    process = start(tiny, tmp_path / "c", tmp_path / "out.pt", 5.0)
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.readline() == "step 1\n"
    process.send_signal(signal.SIGINT)
    while "once more ends at once" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == -signal.SIGINT and not (tmp_path / "c").exists()


@POSIX
@pytest.mark.slow
def test_two_processes_stop_after_the_same_step(undisturbed: Any, tiny: Path, tmp_path: Path) -> None:
    """torchrun sends SIGTERM on to all; the first of them to hear it may be a step ahead of the other."""
    process = start(tiny, tmp_path / "c", tmp_path / "out.pt", 0.3, 2)
    said, _ = stop_at(process, "step 3", signal.SIGTERM)
    last = last_step(tmp_path / "c")
    assert process.returncode != 0 and max(int(word.split()[1]) for word in said if "step" in word) == last
    made = finish(start(tiny, tmp_path / "c", tmp_path / "out.pt", 0.0, 2), tmp_path / "out.pt")
    assert made["seen"][0] == last and made["loss"] == pytest.approx(undisturbed["loss"], abs=2e-5)
