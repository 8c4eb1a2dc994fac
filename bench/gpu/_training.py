"""Our training and TRL's on the same lessons, and their gradients of one batch."""

import contextlib
import gc
import tempfile
import time
from typing import Any
from unittest.mock import patch

import torch
from transformers import TrainerCallback

from gpu._card import DEVICE, memory, synchronize
from gpu._made import TYPES, lessons, model, tokenizer
from gpu._parts import save
from orca2.checkpoints.chat_codec import ChatCodec
from orca2.errors import ModelError
from orca2.sections import Training
from orca2.training import attention, training
from orca2.training.batch_plan import BatchPlan
from orca2.training.loss import AnswerLoss
from orca2.training.rows import PackedDataset, pack, to_device
from orca2.training.spans import encode
from orca2.training.speed import flops

with contextlib.suppress(ImportError):  # its parts say so
    import datasets
    import trl

WARM = 3  # steps that compile and fill the allocator


class Work:
    """The lessons of one shape, and how many of them make a step."""

    def __init__(self, shape: str, quick: bool, row: int = 4096, rows: int = 4) -> None:
        row, rows = (256, min(rows, 2)) if quick else (row, rows)
        self.shape, self.quick, self.row, self.rows = shape, quick, row, rows
        steps = WARM + 2 + (1 if quick else {"7b": 3, "135m": 12}[shape])
        self.lessons = lessons(int(steps * rows * row * 0.98), row)
        self.tokenizer = tokenizer()
        chat = ChatCodec(self.tokenizer)
        self.documents = [encode(lesson, chat) for lesson in self.lessons]
        self.packed: PackedDataset = pack(self.documents, row)
        self.batch = int(
            self.packed.supervised_tokens / len(self.packed.rows) * (rows - 0.5)
        )  # reached by the last row

    def model(self) -> Any:
        return model(self.shape, TYPES[self.shape], self.quick)

    def data(self) -> Any:
        """For TRL."""
        starts = [(document.start, len(document.ids)) for document in self.documents]
        return datasets.Dataset.from_dict(
            {
                "input_ids": [document.ids for document in self.documents],
                "completion_mask": [[0] * start + [1] * (length - start) for start, length in starts],
            }
        )


class Clock(TrainerCallback):
    """The time of each step's end; with a label, a profile of the last, which is long in the making."""

    def __init__(self, label: str = "") -> None:
        self.label, self.ends = label, list[float]()
        self.profiler: Any = None
        self.started = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.start()

    def on_step_end(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
        self.step(state.max_steps)

    def start(self) -> None:
        self.started = time.perf_counter()

    def step(self, steps: int) -> None:
        """One more of so many steps is done."""
        if len(self.ends) + 1 in (WARM, steps - 1):
            synchronize()
        self.ends.append(time.perf_counter())
        if not self.label:
            return
        if len(self.ends) == steps - 1:
            kinds = [torch.profiler.ProfilerActivity.CPU]
            kinds += [torch.profiler.ProfilerActivity.CUDA] if DEVICE.type == "cuda" else []
            self.profiler = torch.profiler.profile(activities=kinds)
            self.profiler.__enter__()
        elif len(self.ends) == steps:
            synchronize()
            self.profiler.__exit__(None, None, None)
            self._print()

    def _print(self) -> None:
        averages = self.profiler.key_averages()
        orders = ["self_cpu_time_total", *(["self_cuda_time_total"] if DEVICE.type == "cuda" else [])]
        for order in orders:
            table = averages.table(sort_by=order, row_limit=15, max_name_column_width=90)
            save("train-profile.txt", f"{self.label}: one step by {order}\n{table}")

    @property
    def seconds(self) -> float:
        return self.ends[-2] - self.ends[WARM - 1]


def figures(work: Work, made: Any, clock: Clock, tokens: list[int]) -> dict[str, Any]:
    """Of the steps between: `tokens` of each step."""
    learned = sum(tokens[WARM:-1])
    body, head = flops(made, work.packed.mean_context)
    operations = body + head * work.packed.supervised_tokens / work.packed.tokens
    return {
        "tokens_per_second": round(learned / clock.seconds, 1), "seconds": round(clock.seconds, 3), "tokens": learned,
        "steps": len(tokens) - WARM - 1, "warm_up_seconds": round(clock.ends[WARM - 1] - clock.started, 2),
        "flops_per_token": operations, "model_tflops": round(learned / clock.seconds * operations / 1e12, 2),
        "parameters": sum(p.numel() for p in made.parameters()), "row_tokens": work.row, **memory(),
    }  # fmt: skip


def ours(shape: str, *, quick: bool, row: int = 4096, rows: int = 4, **keys: Any) -> dict[str, Any]:
    """Our training as the stages call it; with checkpointing too if the memory does not do without."""
    try:
        return _ours(shape, quick, row, rows, keys)
    except ModelError as error:
        if keys.get("gradient_checkpointing") or "out of memory" not in str(error):
            raise
    gc.collect()
    torch.cuda.empty_cache()
    return _ours(shape, quick, row, rows, keys | {"gradient_checkpointing": True})


def _ours(shape: str, quick: bool, row: int, rows: int, keys: dict[str, Any]) -> dict[str, Any]:
    work = Work(shape, quick, row, rows)
    made, clock = work.model(), Clock("" if keys else f"{shape}, ours")
    settings = Training(
        row_tokens=work.row, batch_tokens=work.batch if work.rows > 1 else 0, learning_rate=1e-5, dtype="bf16", **keys
    )
    sizes: list[int] = []

    class Clocked(training.Loop):  # type: ignore[name-defined]
        def run(self, last: Any) -> Any:
            sizes.extend(self.batch_plan.sizes(step)["tokens"] for step in range(len(self.batch_plan)))
            clock.start()
            return super().run(last)

        def _evaluate(self, *words: Any) -> None:
            super()._evaluate(*words)
            clock.step(len(self.batch_plan))

    with patch.object(training, "Loop", Clocked):
        record = training.train(made, work.tokenizer, work.lessons, settings, 0, "bench")
    return {
        **figures(work, made, clock, sizes), "losses": [record.loss[at].loss for at in (0, -1)],
        "useful_share": record.useful, "packing": record.packing, "keys": keys,
    }  # fmt: skip


def theirs(
    shape: str, *, quick: bool, row: int = 4096, rows: int = 4, attend: str = "sdpa", **keys: Any
) -> dict[str, Any]:
    work = Work(shape, quick, row, rows)
    made, clock = work.model(), Clock()
    made.set_attn_implementation(attend)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = _trl(work, made, scratch, {"gradient_accumulation_steps": work.rows, **keys}, [clock])
        lengths = [int(batch["labels"].numel()) for batch in trainer.get_train_dataloader()]
        fed = [sum(lengths[at : at + work.rows]) for at in range(0, len(lengths), work.rows)]
        trainer.train()
    return {**figures(work, made, clock, fed), "keys": keys, "attention": attend}


def _trl(work: Work, made: Any, scratch: str, keys: dict[str, Any], callbacks: list[Any]) -> Any:
    usual = {
        "output_dir": scratch, "num_train_epochs": 1, "report_to": "none", "save_strategy": "no", "disable_tqdm": True,
        "logging_strategy": "no", "completion_only_loss": True, "seed": 0, "packing": True, "max_length": work.row,
        "per_device_train_batch_size": 1, "bf16": True, "optim": "adamw_torch_fused", "learning_rate": 1e-5,
        "gradient_checkpointing": False, "use_cpu": DEVICE.type == "cpu",
    }  # fmt: skip
    datasets.disable_progress_bars()
    return trl.SFTTrainer(
        made, trl.SFTConfig(**usual | keys), train_dataset=work.data(), processing_class=work.tokenizer,
        callbacks=callbacks,
    )  # fmt: skip


def gradient(quick: bool) -> dict[str, Any]:
    """Relative difference of one batch's gradient, 135m: ours against TRL's, both packed, in float32 and bfloat16."""
    torch.backends.cuda.matmul.allow_tf32 = False
    work = Work("135m", quick, 2048)
    work.lessons, work.documents = work.lessons[:24], work.documents[:24]
    packed = pack(work.documents, work.row)
    made = work.model().eval()
    found = {}
    for kind in ("fp32", "bf16"):
        half = torch.autocast(DEVICE.type, torch.bfloat16, enabled=kind == "bf16")
        answer = AnswerLoss(made)
        varlen = attention.supports_varlen(made, torch.bfloat16 if kind == "bf16" else torch.float32)
        with attention.varlen(made) if varlen else contextlib.nullcontext(), half:
            for weight, row in BatchPlan(packed, 1 << 40, 1, 0, 0, 1, varlen)[0]:
                (answer(**to_device(DEVICE, row)) * weight).backward()
        found[f"ours {kind}"] = _take(made)
        with tempfile.TemporaryDirectory() as scratch:
            keys = {"bf16": kind == "bf16"}
            batches = _trl(work, made, scratch, keys, [])
            made.train()
            for batch in batches.get_train_dataloader():
                batch = batches._prepare_inputs(batch)
                with torch.autocast(DEVICE.type, torch.bfloat16, enabled=kind == "bf16"):
                    loss = batches.compute_loss(made, batch, num_items_in_batch=packed.supervised_tokens)
                loss.backward()
        found[f"TRL {kind}"] = _take(made)
        made = work.model().eval()  # TRL has changed the forward
    reference = found["TRL fp32"]
    norm = reference.norm()
    return {f"{name} from TRL fp32": float((found[name] - reference).norm() / norm) for name in found} | {
        "documents": packed.documents,
        "rows": len(packed.rows),
    }


def _take(made: Any) -> torch.Tensor:
    flat = torch.cat([parameter.grad.double().flatten() for parameter in made.parameters()])
    made.zero_grad()
    return flat
