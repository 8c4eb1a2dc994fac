"""Training on packed rows with `transformers.Trainer`; the loss is ours: answer tokens only."""

import math
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch.nn.functional import cross_entropy
from torch.optim.lr_scheduler import LambdaLR
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments, set_seed

from orca2.core.nouns import Lesson
from orca2.errors import DataError, ModelError
from orca2.models._chat import Chat
from orca2.progress import Advance, console, track
from orca2.recipe import Training
from orca2.student.probe import isolates
from orca2.student.rows import collate, pack
from orca2.student.spans import encode


class _AnswerTrainer(Trainer):
    """Projects to the vocabulary only where a token is learned, and averages over those tokens."""

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        output = model(
            input_ids=inputs["input_ids"],
            position_ids=inputs["position_ids"],
            use_cache=False,
            logits_to_keep=inputs["keep"][0],
        )
        total = cross_entropy(output.logits[0].float(), inputs["labels"][0], reduction="sum")
        count = inputs["labels"].numel() if num_items_in_batch is None else num_items_in_batch
        loss = total / count
        return (loss, output) if return_outputs else loss

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
        """Linear up over a twentieth of the steps, then linear down; no step is at zero, unlike
        the library's own, whose first step moves nothing."""
        warm = num_training_steps // 20 + 1

        def factor(step: int) -> float:
            return min((step + 1) / warm, (num_training_steps - step) / num_training_steps)

        self.lr_scheduler = LambdaLR(self.optimizer if optimizer is None else optimizer, factor)
        return self.lr_scheduler


class _Watch(TrainerCallback):
    """Feeds the progress bar and stops at the first loss that is not a number."""

    def __init__(self, advance: Advance, tokens_per_step: float) -> None:
        self.advance, self.tokens_per_step = advance, tokens_per_step
        self.loss: list[dict[str, float]] = []

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.advance(round(self.tokens_per_step))

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **rest: Any) -> None:
        if logs and "loss" in logs:
            loss = float(logs["loss"])
            if not math.isfinite(loss):
                raise ModelError(f"training: the loss is {loss} at step {state.global_step}; lower the learning rate")
            self.loss.append({"step": state.global_step, "epoch": round(state.epoch, 4), "loss": round(loss, 5)})


def train(
    model: Any, tokenizer: Any, lessons: Sequence[Lesson], settings: Training, seed: int, label: str
) -> dict[str, Any]:
    """Tune `model` in place, full fine-tuning in float32 with bfloat16 compute where there is any.

    Returns the record of the training: loss curve, rows, tokens, what was dropped, seconds.
    """
    chat = Chat(tokenizer)
    packing = isolates(model.eval())
    if not packing:
        console.print("  packing is off: this architecture lets packed documents see each other")
    packed = pack([encode(lesson, chat) for lesson in lessons], settings.row_tokens, seed, packing)
    if not packed.rows:
        raise DataError(f"training: no usable lesson among {len(lessons)} ({packed.dropped}); raise row_tokens")
    set_seed(seed)
    steps = math.ceil(len(packed.rows) / settings.rows_per_step) * settings.epochs
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as scratch,
        track(label, packed.tokens * settings.epochs, "tokens") as advance,
    ):
        watch = _Watch(advance, packed.tokens * settings.epochs / steps)
        trainer = _AnswerTrainer(
            model,
            _arguments(settings, seed, scratch, model.device),
            data_collator=collate,
            train_dataset=packed.rows,  # type: ignore[arg-type]
            callbacks=[watch],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    seconds = time.monotonic() - started
    return {
        "loss": watch.loss,
        "rows": len(packed.rows),
        "documents": packed.documents,
        "dropped": packed.dropped,
        "tokens": packed.tokens,
        "supervised_tokens": packed.supervised_tokens,
        "epochs": settings.epochs,
        "steps": steps,
        "seconds": round(seconds, 1),
        "tokens_per_second": round(packed.tokens * settings.epochs / seconds, 1),
        "packing": packing,
        "seed": seed,
    }


def _arguments(settings: Training, seed: int, scratch: str, device: torch.device) -> TrainingArguments:
    return TrainingArguments(
        output_dir=scratch,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        optim="adamw_torch_fused",  # a fifth of the unfused step on a CPU
        weight_decay=0.0,
        max_grad_norm=1.0,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=settings.rows_per_step,
        bf16=_bf16(device),
        use_cpu=device.type == "cpu",
        seed=seed,
        data_seed=seed,
        save_strategy="no",
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
    )


def _bf16(device: torch.device) -> bool:
    return torch.cuda.is_bf16_supported() if device.type == "cuda" else device.type == "cpu"
