"""`transformers.Trainer` where one item of data is one optimizer step and the loss is ours."""

from pathlib import Path
from typing import Any

import torch
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader
from transformers import PrinterCallback, Trainer, TrainingArguments, set_seed

from orca2.errors import ModelError
from orca2.training.batch_plan import BatchPlan
from orca2.training.loss import AnswerLoss
from orca2.training.progress_callback import ProgressCallback
from orca2.training.resume import commit_checkpoint
from orca2.training.rows import TensorRow, to_device

WEIGHTS = "trained.pt"  # the trainable tensors of a checkpoint


class StepTrainer(Trainer):
    """Runs a schedule. It synchronizes with the device once a step, never within one."""

    def __init__(
        self,
        loss: AnswerLoss,
        arguments: TrainingArguments,
        batch_plan: BatchPlan,
        progress: ProgressCallback,
        warmup: float,
        checkpoints: Path | None,
        fingerprint: dict[str, Any],
    ) -> None:
        super().__init__(loss, arguments, train_dataset=batch_plan, callbacks=[progress])
        self.remove_callback(PrinterCallback)
        self.batch_plan, self.progress, self.warmup = batch_plan, progress, warmup
        self.checkpoints, self.fingerprint = checkpoints, fingerprint

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Not sharded by accelerate: every process is given its own rows of each step."""
        return DataLoader(
            self.batch_plan, batch_size=1, collate_fn=_only, pin_memory=self.accelerator.device.type == "cuda"
        )

    def training_step(self, model: Any, inputs: Any, num_items_in_batch: Any = None) -> torch.Tensor:
        """Gradients of one optimizer step; processes exchange them with the last row only."""
        model.train()
        self.step_loss = torch.zeros((), device=self.accelerator.device)
        *early, last = inputs
        with self.accelerator.no_sync(model):
            for weight, row in early:
                self._learn(model, weight, row)
        self._learn(model, *last)
        return self.step_loss

    def _learn(self, model: Any, weight: float, row: TensorRow) -> None:
        loss = model(**to_device(self.accelerator.device, row)) * weight
        self.accelerator.backward(loss)
        self.step_loss += loss.detach()

    def _clip_grad_norm(self, model: Any) -> Any:
        """Clips, and stops before the weights change if there is nothing sane to change them by."""
        norm = super()._clip_grad_norm(model)
        if not torch.isfinite(self.step_loss + norm):
            raise ModelError(
                f"training: loss {float(self.step_loss)} and gradient norm {float(norm)} at step"
                f" {self.state.global_step + 1}; the weights are still those of the step before."
                " Lower learning_rate and start this training again with --redo"
            )
        return norm

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Linear up over a share of the steps, then linear down; no step is at zero, unlike the
        library's own, whose first step moves nothing."""
        warm = int(num_training_steps * self.warmup) + 1

        def factor(step: int) -> float:
            return min((step + 1) / warm, (num_training_steps - step) / num_training_steps)

        self.lr_scheduler = LambdaLR(self.optimizer if optimizer is None else optimizer, factor)
        return self.lr_scheduler

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        step = self.state.global_step
        self.state.epoch = step / self.batch_plan.per_epoch
        if "loss" in logs:
            logs = {**logs, **self.batch_plan.sizes(step - 1), "seconds": self.progress.seconds}
        super().log(logs, start_time)

    def floating_point_ops(self, inputs: Any) -> int:
        return 0

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        assert self.checkpoints is not None
        super()._save_checkpoint(model, trial)
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            commit_checkpoint(self.checkpoints, self.state.global_step, self.fingerprint)
        self.accelerator.wait_for_everyone()

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        if not self.args.should_save:  # the library calls this in every process
            return
        assert output_dir is not None
        Path(output_dir).mkdir(parents=True, exist_ok=True)
        if state_dict is None:
            state_dict = {n: p.detach() for n, p in self.model.named_parameters() if p.requires_grad}
        torch.save(state_dict, Path(output_dir) / WEIGHTS)

    def _load_rng_state(self, checkpoint: str | None) -> None:
        """Each process has its own back. As many as saved theirs have to be there: to others seed and step give one."""
        if checkpoint is not None and len(list(Path(checkpoint).glob("rng_state*.pth"))) != self.args.world_size:
            set_seed(self.args.seed + self.state.global_step)
            return
        super()._load_rng_state(checkpoint)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        if self.is_fsdp_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
            return
        saved = torch.load(Path(resume_from_checkpoint) / WEIGHTS, map_location="cpu", weights_only=True)
        with torch.no_grad():
            for name, parameter in self.model.named_parameters():
                if parameter.requires_grad:
                    parameter.copy_(saved.pop(name))
        assert not saved, f"{resume_from_checkpoint} holds tensors that are not trained: {sorted(saved)}"


def _only(items: list[Any]) -> Any:
    (item,) = items
    return item
