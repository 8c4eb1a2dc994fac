"""The training loop, from top to bottom: forward, backward, clip, step, log, validate, try the student, save."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import GradientAccumulationPlugin, InitProcessGroupKwargs
from torch.distributed.tensor import DTensor

from orca2.core.records import LossPoint
from orca2.errors import ModelError
from orca2.progress import Advance, console, doing
from orca2.sections import Training
from orca2.stopping import Stopping
from orca2.training import resume, validation
from orca2.training.batch_plan import BatchPlan
from orca2.training.loss import AnswerLoss
from orca2.training.memory import FreeMemory
from orca2.training.mid_training_eval import MidTrainingEval
from orca2.training.optimizer import make_optimizer, make_schedule
from orca2.training.rows import TensorRow, to_device
from orca2.training.speed import Speed
from orca2.training.state import History, TrainingState
from orca2.training.validation import Validation

MAX_NORM = 1.0  # of the gradient of a step
PATIENCE = timedelta(minutes=30)  # of a process that waits for the others


@dataclass
class Loop:
    """A training that is ready to start. Checkpoints go to the folder `checkpoints`, if there is one, with the
    `fingerprint` of the training."""

    accelerator: Accelerator
    loss: AnswerLoss
    batch_plan: BatchPlan
    settings: Training
    seed: int
    speed: Speed
    advance: Advance
    validation: Validation | None
    trials: MidTrainingEval | None
    checkpoints: Path | None
    fingerprint: dict[str, Any]

    def run(self, last: Path | None) -> History:
        """Train to the end, from the checkpoint `last` if there is one.

        Ctrl-C and SIGTERM are held back until the step under way is done and saved. The device is waited for once a
        step, never within one.
        """
        accelerator, plan, speed = self.accelerator, self.batch_plan, self.speed
        model, optimizer = accelerator.prepare(self.loss, make_optimizer(self.loss, self.settings))
        schedule = make_schedule(optimizer, len(plan), self.settings.warmup)
        state = TrainingState(accelerator, model, optimizer, schedule, self.trials, self.seed)
        if last is not None:
            state.read(last)
        history, before = state.history, state.history.seconds
        free = FreeMemory(accelerator.device)
        model.train()
        speed.start()
        saved = time.monotonic()
        stopping = Stopping(self._say_stopping, accelerator.num_processes > 1)
        with nullcontext() if self.checkpoints is None else stopping:  # with nowhere to save to, a signal ends at once
            if history.step:
                tokens = sum(plan.sizes(step)["tokens"] for step in range(history.step))
                self.advance(tokens, f"from step {history.step}")
                self._evaluate(state, stopping)  # what the end of the last try has broken off
                self._save(state, stopping, False)
            for step in range(history.step + 1, len(plan) + 1):
                free.begin_step()
                *early, final = plan[step - 1]
                total = torch.zeros((), device=accelerator.device)
                with accelerator.no_sync(model):  # processes exchange their gradients with the last row only
                    for weight, row in early:
                        total += self._backward(model, weight, row)
                total += self._backward(model, *final)

                norm = _whole(accelerator.clip_grad_norm_(model.parameters(), MAX_NORM))
                if not torch.isfinite(total + norm):
                    raise ModelError(
                        f"training: loss {float(total)} and gradient norm {float(norm)} at step {step}; the weights are"
                        " still those of the step before. Lower learning_rate and start this training again with --redo"
                    )
                free.give_back()  # the optimizer makes tensors of its own, the first time all that it keeps
                rate = schedule.get_last_lr()[0]
                optimizer.step()
                schedule.step()
                optimizer.zero_grad()
                free.give_back()

                sizes, loss = plan.sizes(step - 1), float(accelerator.gather(total).mean())
                speed.add(sizes["tokens"], sizes["supervised_tokens"])
                self.advance(sizes["tokens"], str(speed))
                history.seconds = before + speed.seconds
                point = LossPoint(
                    step=step,
                    epoch=round(step / plan.per_epoch, 4),
                    loss=round(loss, 5),
                    documents=sizes["documents"],
                    supervised_tokens=sizes["supervised_tokens"],
                )
                history.loss.append(point)
                if accelerator.trackers:
                    logged = {"loss": loss, "grad_norm": float(norm), "learning_rate": rate, "epoch": point.epoch}
                    accelerator.log({f"train/{name}": value for name, value in logged.items()}, step)

                if self.trials is not None:
                    self.trials.count(step)
                self._evaluate(state, stopping)

                due = time.monotonic() - saved >= 60 * self.settings.save_minutes
                if self._save(state, stopping, due and accelerator.is_main_process):
                    saved = time.monotonic()
        history.seconds = before + speed.seconds
        return history

    def _backward(self, model: Any, weight: float, row: TensorRow) -> torch.Tensor:
        """The loss of a row, its gradient added to that of the step."""
        loss: torch.Tensor = model(**to_device(self.accelerator.device, row)) * weight
        self.accelerator.backward(loss)
        return loss.detach()

    def _evaluate(self, state: TrainingState, stopping: Stopping) -> None:
        """The loss on lessons held back is taken, and the student tried, where that is due and not done already."""
        history, step, held, trials = state.history, state.history.step, self.validation, self.trials
        if held is not None and step in held.at and all(point.step != step for point in history.held_back):

            def measure() -> None:
                history.held_back.append(held.measure(step))

            if state.sharded:  # the processes take part in each other's, so that none may break it off alone
                measure()
            elif not stopping.unless_stopped(measure):
                return
            if self.accelerator.is_main_process:
                validation.say(history.held_back[-1])
        if trials is not None and step in trials.shares and history.tried < step:
            with doing("trying the student on the way"):
                tried = trials.evaluate(step, self._say_tried, stopping.unless_stopped)
            history.tried = step if tried else history.tried

    def _say_tried(self, done: int, count: int) -> None:
        self.advance(0, f"the student is tried: {done:,} of {count:,} answers")

    def _say_stopping(self) -> None:
        if self.accelerator.is_main_process:
            once_more = "" if self.accelerator.num_processes > 1 else "; once more ends at once"
            console.print(f"  stopping once this step is done and saved{once_more}")

    def _save(self, state: TrainingState, stopping: Stopping, due: bool) -> bool:
        """Whether a checkpoint was written: where one is `due` by any process, or a signal has come to any, which ends
        the training on all of them."""
        accelerator, folder, stop = self.accelerator, self.checkpoints, stopping.asked
        if folder is None:
            return False
        if accelerator.num_processes > 1:
            said = torch.tensor([[stop, due]], device=accelerator.device)
            stop, due = accelerator.gather(said).amax(0).tolist()
        if stop or due:
            step = state.history.step
            state.write(folder / resume.PARTIAL / resume.name_of(step))
            accelerator.wait_for_everyone()
            if accelerator.is_main_process:
                resume.commit_checkpoint(folder, step, self.fingerprint)
            accelerator.wait_for_everyone()
        if stop:
            stopping.end(stop)
        return bool(due)


def make_accelerator(device: torch.device, compute: torch.dtype, trackers: Sequence[str], folder: Path) -> Accelerator:
    """This process's part in a training, as accelerate's environment and torchrun have it. Trackers that write files
    do so into `folder`."""
    AcceleratorState._reset_state(reset_partial_state=True)  # or it would keep the device and type of the last training
    return Accelerator(
        cpu=device.type == "cpu",
        mixed_precision="bf16" if compute == torch.bfloat16 else "no",
        gradient_accumulation_plugin=GradientAccumulationPlugin(num_steps=1),  # rows are added up here
        log_with=list(dict.fromkeys(trackers)) or None,
        project_dir=folder,
        kwargs_handlers=[InitProcessGroupKwargs(timeout=PATIENCE)],
    )


def _whole(norm: Any) -> torch.Tensor:
    """A number that may be sharded over processes."""
    return norm.full_tensor() if isinstance(norm, DTensor) else norm
