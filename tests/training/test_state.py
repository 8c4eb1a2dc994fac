"""What a training goes on from, written and read: random numbers, history, and weights by their own names."""

from pathlib import Path
from typing import Any

import pytest
import torch
from accelerate.utils import set_seed

from orca2.core.records import HeldBackLoss, HeldBackPoint, LossPoint
from orca2.training.loop import make_accelerator
from orca2.training.loss import AnswerLoss
from orca2.training.optimizer import make_optimizer, make_schedule
from orca2.training.state import TrainingState
from tests.training.conftest import flat, load_tiny
from tests.training.test_resume import OFTEN

CPU = torch.device("cpu")


def state_of(model: Any) -> TrainingState:
    accelerator = make_accelerator(CPU, torch.bfloat16, [], Path())
    loss = AnswerLoss(model)
    prepared, optimizer = accelerator.prepare(loss, make_optimizer(loss, OFTEN))
    return TrainingState(accelerator, prepared, optimizer, make_schedule(optimizer, 10, 0.0), None, 5)


def step(state: TrainingState) -> None:
    for parameter in state.model.parameters():
        parameter.grad = torch.randn_like(parameter)
    state.optimizer.step()
    state.schedule.step()


@pytest.fixture
def written(network: Any, tmp_path: Path) -> tuple[TrainingState, Path]:
    """After one step, in a folder."""
    state = state_of(network)
    step(state)
    state.history.loss.append(LossPoint(step=1, epoch=0.5, loss=0.1, documents=2, supervised_tokens=9))
    held = HeldBackPoint(step=1, held_back={"all": HeldBackLoss(loss=0.25, tokens=7)})
    state.history.held_back.append(held)
    state.history.seconds = 1 / 3
    state.write(tmp_path / "kept")
    return state, tmp_path / "kept"


def test_what_is_read_goes_on_as_what_was_written(written: tuple[TrainingState, Path], tiny: Path) -> None:
    state, folder = written
    other = state_of(load_tiny(tiny))
    other.read(folder)
    assert other.history == state.history and other.history.step == 1
    rng = torch.get_rng_state()
    step(other)
    torch.set_rng_state(rng)
    step(state)
    assert torch.equal(flat(other.model), flat(state.model))
    assert other.schedule.get_last_lr() == state.schedule.get_last_lr()


def test_random_numbers_of_another_number_of_processes_are_not_taken(written: tuple[TrainingState, Path]) -> None:
    state, folder = written
    (folder / "random-1.pt").write_bytes((folder / "random-0.pt").read_bytes())
    state.read(folder)
    found = torch.rand(3)
    set_seed(5 + 1)
    assert torch.equal(found, torch.rand(3))


def test_weights_that_are_not_trained_are_no_part_of_it(written: tuple[TrainingState, Path]) -> None:
    state, folder = written
    assert len(torch.load(folder / "trained.pt")) == len(list(state.model.parameters()))
    next(iter(state.model.parameters())).requires_grad_(False)
    with pytest.raises(AssertionError, match="holds tensors that are not trained"):
        state.read(folder)
