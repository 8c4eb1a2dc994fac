"""What a training goes on from after a kill: written to a folder and read again, whole or sharded over processes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import (
    DistributedType,
    load_fsdp_model,
    load_fsdp_optimizer,
    save_fsdp_model,
    save_fsdp_optimizer,
    set_seed,
)
from torch.optim.lr_scheduler import LRScheduler

from orca2.core.records import HeldBackLoss, HeldBackPoint, LossPoint
from orca2.training.mid_training_eval import MidTrainingEval

WEIGHTS, OPTIMIZER, STATE = "trained.pt", "optimizer.pt", "state.pt"  # of the weights, those that are trained


@dataclass
class History:
    """What a training has come to: after its last step, after so many seconds of it.

    `tried` is the step after which the student was tried last.
    """

    seconds: float = 0.0
    loss: list[LossPoint] = field(default_factory=list)
    held_back: list[HeldBackPoint] = field(default_factory=list)
    tried: int = 0

    @property
    def step(self) -> int:
        return len(self.loss)


@dataclass
class TrainingState:
    """All that changes from step to step. `seed` makes random numbers for a process that has none to go on with."""

    accelerator: Accelerator
    model: Any  # as accelerate has prepared it
    optimizer: Any
    schedule: LRScheduler
    trials: MidTrainingEval | None
    seed: int
    history: History = field(default_factory=History)

    @property
    def sharded(self) -> bool:
        return is_sharded(self.accelerator)

    def write(self, folder: Path) -> None:
        """What each process has to write of it, to a folder that all see."""
        folder.mkdir(parents=True, exist_ok=True)
        accelerator, first = self.accelerator, self.accelerator.is_main_process
        if self.sharded:
            plugin = accelerator.state.fsdp_plugin
            save_fsdp_model(plugin, accelerator, self.model, str(folder))
            save_fsdp_optimizer(plugin, accelerator, self.optimizer, self.model, str(folder))
        elif first:
            torch.save({name: weight.detach() for name, weight in self._learned()}, folder / WEIGHTS)
            torch.save(self.optimizer.state_dict(), folder / OPTIMIZER)
        if first:
            mean = None if self.trials is None else self.trials.state_dict()
            parts = {"history": asdict(self.history), "schedule": self.schedule.state_dict(), "mean": mean}
            torch.save(parts, folder / STATE)
        torch.save(_random_state(), folder / _random_file(accelerator.process_index))

    def read(self, folder: Path) -> None:
        if self.sharded:
            plugin = self.accelerator.state.fsdp_plugin
            load_fsdp_model(plugin, self.accelerator, self.model, str(folder))
            load_fsdp_optimizer(plugin, self.accelerator, self.optimizer, self.model, str(folder))
        else:
            self._read_weights(folder)
            self.optimizer.load_state_dict(_load(folder / OPTIMIZER))
        parts = _load(folder / STATE)
        self.schedule.load_state_dict(parts["schedule"])
        self.history = _history(parts["history"])
        if self.trials is not None and parts["mean"] is not None:
            self.trials.load_state_dict(parts["mean"])
        self._read_random_state(folder)

    def _learned(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        """By their names in a model that is not wrapped."""
        model = self.accelerator.unwrap_model(self.model)
        return ((name, weight) for name, weight in model.named_parameters() if weight.requires_grad)

    @torch.no_grad()
    def _read_weights(self, folder: Path) -> None:
        saved = _load(folder / WEIGHTS)
        for name, weight in self._learned():
            weight.copy_(saved.pop(name))
        assert not saved, f"{folder} holds tensors that are not trained: {sorted(saved)}"

    def _read_random_state(self, folder: Path) -> None:
        """Each process has its own back. As many as saved theirs have to be there: to others seed and step give one."""
        if len(list(folder.glob(_random_file("*")))) != self.accelerator.num_processes:
            set_seed(self.seed + self.history.step)
            return
        states = _load(folder / _random_file(self.accelerator.process_index))
        torch.set_rng_state(states["cpu"])
        if torch.cuda.is_available():
            torch.cuda.set_rng_state(states["cuda"])


def is_sharded(accelerator: Accelerator) -> bool:
    """Whether each process holds a part of the weights, rather than all."""
    return bool(accelerator.distributed_type == DistributedType.FSDP)


def _random_file(process: int | str) -> str:
    return f"random-{process}.pt"


def _random_state() -> dict[str, torch.Tensor]:
    """Of PyTorch alone: nothing else in a step draws random numbers."""
    cuda = {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else {}
    return {"cpu": torch.get_rng_state(), **cuda}


def _load(path: Path) -> Any:
    return torch.load(path, map_location="cpu", weights_only=True)


def _history(row: dict[str, Any]) -> History:
    held_back = [
        HeldBackPoint(
            step=point["step"],
            held_back={family: HeldBackLoss(**loss) for family, loss in point["held_back"].items()},
        )
        for point in row["held_back"]
    ]
    return History(row["seconds"], [LossPoint(**point) for point in row["loss"]], held_back, row["tried"])
