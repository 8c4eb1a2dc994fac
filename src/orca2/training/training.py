"""Training on packed rows: what is learned in which order, on what, and how it went."""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments, set_seed

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import pick_dtype
from orca2.checkpoints.quiet import quiet_libraries
from orca2.core.types import Lesson
from orca2.errors import DataError, ModelError, RecipeError, missing_extra
from orca2.progress import Advance, console, track
from orca2.sections import Training
from orca2.training import attention, resume
from orca2.training.batch_plan import BatchPlan
from orca2.training.compiled import compiled
from orca2.training.loss import AnswerLoss
from orca2.training.mid_training_eval import EvalPoints, MidTrainingEval
from orca2.training.probe import LENGTH, packing_is_isolated
from orca2.training.progress_callback import ProgressCallback
from orca2.training.recompute import recompute_layers
from orca2.training.rows import boundaries, pack, to_device
from orca2.training.spans import encode
from orca2.training.speed import Speed
from orca2.training.trainer import StepTrainer
from orca2.training.validation import ValidationCallback, hold_back

OPTIMIZERS = {"adamw": "adamw_torch_fused", "adamw_8bit": "adamw_bnb_8bit"}  # fused: a fifth of the step on a CPU


@quiet_libraries()
def train(
    model: Any,
    tokenizer: Any,
    lessons: Sequence[Lesson],
    settings: Training,
    seed: int,
    label: str,
    checkpoints: Path | None = None,
    families: Sequence[str] = (),
    eval_points: EvalPoints | None = None,
    redo: bool = False,
) -> dict[str, Any]:
    """Tune in place the parameters of `model` that ask for a gradient.

    `families` names each lesson's; with `settings.evaluations` some of each are held back and the
    loss on them is taken on the way. `eval_points` try the student on the way. With a folder for
    checkpoints, the last one is kept there and a training that was cut short goes on from it; with `redo`
    one of another training is dropped.
    Returns the record of the training: loss curve,
    rows, tokens, what was dropped, seconds.
    """
    date = resume.training_date(checkpoints)
    chat = ChatCodec(tokenizer, date)
    compute = compute_type(settings, model.device)
    loss = AnswerLoss(model.eval())
    with ExitStack() as stack:
        varlen = attention.supports_varlen(model, compute)
        if varlen:
            stack.enter_context(attention.varlen(model))
        elif model.device.type == "cuda" and compute != torch.float32:
            console.print("  no kernel for packed documents fits this model: its own attention under a mask is slower")
        if compute is torch.bfloat16 and pick_dtype(model.device) is not torch.bfloat16:
            console.print("  dtype bf16 is imitated on this device, many times slower than fp32, which auto takes")
        packing = _packing_is_isolated(model, compute, varlen)
        if not packing:
            console.print("  packing is off: this architecture lets packed documents see each other")
        learned, held = list(lessons), dict[str, list[Lesson]]()
        if settings.evaluations:
            learned, held = hold_back(lessons, families or ["all lessons"] * len(lessons))
        context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        documents = (encode(lesson, chat) for lesson in learned)
        packed = pack(documents, settings.row_tokens, seed, packing, settings.steps, context)
        if not packed.rows:
            step = "raise row_tokens, or give shorter lessons"
            raise DataError(f"training: no usable lesson among {len(lessons)} ({packed.dropped}); {step}")
        if not loss.fused:
            console.print("  the loss goes through the model's own head: it does more than project")
        if settings.gradient_checkpointing:
            enable = getattr(model, "activation_checkpointing_enable", None) or model.gradient_checkpointing_enable
            enable({"use_reentrant": False})
        if settings.compile:
            stack.enter_context(compiled(model))
        else:
            stack.enter_context(recompute_layers(model))
        set_seed(seed)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory())) if checkpoints is None else checkpoints
        arguments = _arguments(settings, seed, scratch, model.device, compute)
        rank, world = arguments.process_index, arguments.world_size
        batch_plan = BatchPlan(
            packed, settings.batch_tokens, settings.epochs, seed, rank, world, varlen, settings.steps
        )
        now = resume.fingerprint(lessons, packed, model, settings, seed, date if chat.dated else None)
        advance = stack.enter_context(_track(label, packed.tokens * settings.epochs, rank))
        speed = Speed(model, packed.mean_context, world)
        progress = ProgressCallback(advance, speed, batch_plan, None if checkpoints is None else settings.save_minutes)
        try:
            trainer = StepTrainer(loss, arguments, batch_plan, progress, settings.warmup, checkpoints, now)
        except (ValueError, RuntimeError, ImportError) as error:
            raise RecipeError(f"report_to = {settings.report_to}: {error}") from error
        now[resume.SHARDING] = "FSDP" if trainer.is_fsdp_enabled else None
        if held:
            rows = {
                family: pack([encode(one, chat) for one in some], settings.row_tokens, seed, packing, context=context)
                for family, some in held.items()
            }
            trainer.add_callback(ValidationCallback(loss, rows, settings.evaluations, len(batch_plan), varlen))
        if eval_points is not None and trainer.is_fsdp_enabled:
            console.print("  the student is not tried on the way: its weights are sharded over processes")
        elif eval_points is not None:
            trainer.add_callback(MidTrainingEval(model, tokenizer, eval_points, len(batch_plan), compute, speed))
        if idle := batch_plan.idle_steps():
            console.print(
                f"  {idle} of {len(batch_plan)} steps have fewer rows than there are processes ({world}), and some wait"
                " there: lower row_tokens, raise batch_tokens, or start fewer"
            )
        first = checkpoints is not None and not rank
        last = resume.seen(resume.latest_checkpoint(checkpoints, now, redo) if checkpoints and first else None)
        with _memory(settings):
            trainer.train(resume_from_checkpoint=None if last is None else str(last))
    return {
        "loss": _curve(trainer.state.log_history),
        "held_back": [log for log in trainer.state.log_history if "held_back" in log],
        "rows": len(packed.rows),
        "documents": packed.documents,
        "dropped": packed.dropped,
        "tokens": packed.tokens,
        "supervised_tokens": packed.supervised_tokens,
        "useful": round(packed.tokens / (len(packed.rows) * settings.row_tokens), 4),
        "epochs": settings.epochs,
        "steps": len(batch_plan),
        "processes": world,
        "seconds": round(progress.seconds, 1),
        "tokens_per_second": round(speed.tokens / speed.seconds, 1),
        "mfu": None if speed.mfu is None else round(speed.mfu, 4),
        "packing": packing,
        "seed": seed,
    }


def compute_type(settings: Training, device: torch.device) -> torch.dtype:
    """The type of the matrix products. `auto`: bfloat16 where the processor or GPU multiplies it itself, else float32:
    elsewhere it is imitated, on a CPU with AVX2 at a fiftieth of the speed."""
    if settings.dtype == "auto":
        half = device.type in ("cpu", "cuda") and pick_dtype(device) is torch.bfloat16
        return torch.bfloat16 if half else torch.float32
    return torch.bfloat16 if settings.dtype == "bf16" else torch.float32


def _curve(history: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Loss of every step, with what it was taken over: packing changes documents per step."""
    kept = ("documents", "supervised_tokens")
    return [
        {"step": log["step"], "epoch": round(log["epoch"], 4), "loss": round(log["loss"], 5)}
        | {key: log[key] for key in kept}
        for log in history
        if "loss" in log
    ]


def _packing_is_isolated(model: Any, compute: torch.dtype, varlen: bool) -> bool:
    """The probe, under the attention and the type of training where that attention is its own."""
    if not varlen:
        return packing_is_isolated(model)
    with torch.autocast(model.device.type, compute, enabled=compute != torch.float32):
        return packing_is_isolated(model, **to_device(model.device, boundaries([LENGTH, LENGTH])))


def _track(label: str, total: int, rank: int) -> AbstractContextManager[Advance]:
    """Progress of the first process only."""
    return nullcontext(lambda n, note="": None) if rank else track(label, total, "tokens")


@contextmanager
def _memory(settings: Training) -> Iterator[None]:
    """Out of memory, as one line that says what to lower."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        known = isinstance(error, torch.OutOfMemoryError | MemoryError)
        if not known and "can't allocate memory" not in str(error):
            raise
        less = [] if settings.gradient_checkpointing else ["set gradient_checkpointing = true"]
        less += ['or method = "lora"'] if settings.method == "full" else []
        steps = ", ".join([f"lower row_tokens (now {settings.row_tokens})", *less])
        raise ModelError(f"training: out of memory; {steps}") from error


def _arguments(
    settings: Training, seed: int, checkpoints: Path, device: torch.device, compute: torch.dtype
) -> TrainingArguments:
    if settings.optimizer == "adamw_8bit" and importlib.util.find_spec("bitsandbytes") is None:
        raise missing_extra("bitsandbytes", "lora")
    shutil.rmtree(checkpoints / resume.PARTIAL, ignore_errors=True)
    arguments = TrainingArguments(
        output_dir=str(checkpoints / resume.PARTIAL),
        num_train_epochs=1,  # a schedule holds all epochs
        learning_rate=settings.learning_rate,
        optim=OPTIMIZERS[settings.optimizer],
        weight_decay=settings.weight_decay,
        max_grad_norm=1.0,
        per_device_train_batch_size=1,
        bf16=compute == torch.bfloat16,
        use_cpu=device.type == "cpu",
        seed=seed,
        save_strategy="no",  # the watch says when
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to=settings.report_to or "none",
        disable_tqdm=True,
        remove_unused_columns=False,
        ddp_find_unused_parameters=False,
    )
    arguments._n_gpu = min(
        arguments.n_gpu, 1
    )  # one process is one GPU; the library would split each row over all it sees
    return arguments
