"""Training on packed rows: what is learned in which order, on what, and how it went."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import set_seed

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import pick_dtype
from orca2.checkpoints.quiet import quiet_libraries
from orca2.core.records import TrainingRecord
from orca2.core.types import Lesson
from orca2.errors import DataError
from orca2.progress import Advance, console, track
from orca2.sections import Training
from orca2.training import attention, resume
from orca2.training.batch_plan import BatchPlan
from orca2.training.compiled import compiled
from orca2.training.loop import Loop, make_accelerator
from orca2.training.loss import AnswerLoss
from orca2.training.memory import out_of_memory
from orca2.training.mid_training_eval import EvalPoints, MidTrainingEval
from orca2.training.probe import LENGTH, packing_is_isolated
from orca2.training.recompute import recompute_layers
from orca2.training.rows import boundaries, pack, spread, to_device
from orca2.training.spans import encode
from orca2.training.speed import Speed
from orca2.training.state import is_sharded
from orca2.training.trackers import check_trackers, end_trackers, start_trackers
from orca2.training.validation import Validation, hold_back


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
    trackers: Path = Path("trackers"),
) -> TrainingRecord:
    """Tune in place the parameters of `model` that ask for a gradient.

    `families` names each lesson's; with `settings.evaluations` some of each are held back and the
    loss on them is taken on the way. `eval_points` try the student on the way. With a folder for
    checkpoints, the last one is kept there and a training that was cut short goes on from it; with `redo` one
    of another training is dropped. Trackers that write files do so into the folder `trackers`.
    """
    check_trackers(settings.report_to)
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
        packed = pack(documents, settings.row_tokens, seed, packing, context)
        if packed.rows and (lost := packed.lost(settings.row_tokens, context)):
            console.print(f"  {lost}", soft_wrap=True)
        if not packed.rows:
            step = "raise row_tokens, or give shorter lessons"
            raise DataError(f"training: no usable lesson among {len(lessons)} ({packed.dropped}); {step}")
        per_epoch = settings.steps_of(packed.documents)
        packed = spread(packed, per_epoch, seed)
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
        accelerator = make_accelerator(model.device, compute, settings.report_to, trackers)
        rank, world = accelerator.process_index, accelerator.num_processes
        batch_plan = BatchPlan(packed, settings.batch_tokens, settings.epochs, seed, rank, world, varlen, per_epoch)
        if idle := batch_plan.idle_steps():
            console.print(
                f"  {idle} of {len(batch_plan)} steps have fewer rows than there are processes ({world}), and some wait"
                " there: lower row_tokens, raise batch_tokens, or start fewer"
            )
        speed, sharded = Speed(model, packed.mean_context, world), is_sharded(accelerator)
        now = resume.fingerprint(lessons, packed, model, settings, seed, date if chat.dated else None)
        now[resume.SHARDING] = "FSDP" if sharded else None
        validation, trials = None, None
        if held:
            rows = {
                family: pack([encode(one, chat) for one in some], settings.row_tokens, seed, packing, context)
                for family, some in held.items()
            }
            validation = Validation(loss, rows, settings.evaluations, len(batch_plan), varlen)
        if eval_points is not None and sharded:
            console.print("  the student is not tried on the way: its weights are sharded over processes")
        elif eval_points is not None:
            trials = MidTrainingEval(model, tokenizer, eval_points, len(batch_plan), compute, speed)
        last = resume.find_checkpoint(checkpoints, now, redo, accelerator.is_main_process)
        start_trackers(accelerator)
        stack.callback(end_trackers, accelerator)
        advance = stack.enter_context(_track(label, packed.tokens * settings.epochs, rank))
        stack.enter_context(out_of_memory(settings))
        history = Loop(
            accelerator, loss, batch_plan, settings, seed, speed, advance, validation, trials, checkpoints, now
        ).run(last)
    return TrainingRecord(
        loss=history.loss,
        held_back=history.held_back,
        rows=len(packed.rows),
        documents=packed.documents,
        dropped=packed.dropped,
        tokens=packed.tokens,
        supervised_tokens=packed.supervised_tokens,
        useful=round(packed.tokens / (len(packed.rows) * settings.row_tokens), 4),
        epochs=settings.epochs,
        steps=len(batch_plan),
        processes=world,
        seconds=round(history.seconds, 1),
        tokens_per_second=round(speed.tokens / speed.seconds, 1),
        mfu=None if speed.mfu is None else round(speed.mfu, 4),
        packing=packing,
        seed=seed,
    )


def compute_type(settings: Training, device: torch.device) -> torch.dtype:
    """The type of the matrix products. `auto`: bfloat16 where the processor or GPU multiplies it itself, else float32:
    elsewhere it is imitated, on a CPU with AVX2 at a fiftieth of the speed."""
    if settings.dtype == "auto":
        half = device.type in ("cpu", "cuda") and pick_dtype(device) is torch.bfloat16
        return torch.bfloat16 if half else torch.float32
    return torch.bfloat16 if settings.dtype == "bf16" else torch.float32


def _packing_is_isolated(model: Any, compute: torch.dtype, varlen: bool) -> bool:
    """The probe, under the attention and the type of training where that attention is its own."""
    if not varlen:
        return packing_is_isolated(model)
    with torch.autocast(model.device.type, compute, enabled=compute != torch.float32):
        return packing_is_isolated(model, **to_device(model.device, boundaries([LENGTH, LENGTH])))


def _track(label: str, total: int, rank: int) -> AbstractContextManager[Advance]:
    """Progress of the first process only."""
    return nullcontext(lambda n, note="": None) if rank else track(label, total, "tokens")
