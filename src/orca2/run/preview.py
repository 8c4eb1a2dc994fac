"""What would be trained, before it is: counts, what would be dropped, memory and time, and lessons token by token."""

import time
from collections.abc import Sequence
from typing import Any

import torch
from rich.table import Table
from rich.text import Text

from orca2.checkpoints.chat_codec import ChatCodec
from orca2.checkpoints.loading import load_config, load_tokenizer, locate, pick_device
from orca2.checkpoints.preparing import ensure_chat_template
from orca2.checkpoints.weights import lay_out
from orca2.core.types import Lesson
from orca2.progress import console
from orca2.run.folder import RunFolder
from orca2.run.lessons import think_tokens
from orca2.sections import Training
from orca2.training.batch_plan import BatchPlan
from orca2.training.rows import PackedDataset, pack, spread
from orca2.training.spans import TokenizedExample, encode
from orca2.training.speed import flops
from orca2.training.training import compute_type

TRAINED, READ = ("black on green3", "black on green1"), ("dim", "dim underline")  # by turns, so that tokens stand apart
PROCESS = 450_000_000  # bytes of Python and its libraries, which share the CPU's memory with the training
EFFICIENCY = 0.35  # of what one large matrix product reaches; what a training step made of it here, roughly


def preview(folder: RunFolder, name: str, lessons: Sequence[Lesson], held: int, settings: Training, show: int) -> None:
    """Print the counts, and `show` lessons painted; trains nothing and loads no weights.

    `held` lessons are held back from training besides these.
    """
    spec = folder.recipe.student
    place = locate(spec.model, folder.base)
    model = lay_out(load_config(place))
    tokenizer = load_tokenizer(place)
    ensure_chat_template(model, tokenizer, think_tokens(lessons, settings))
    chat = ChatCodec(tokenizer)
    documents = [encode(lesson, chat) for lesson in lessons]
    context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    packed = pack(documents, settings.row_tokens, folder.recipe.seed, context=context)
    packed = spread(packed, settings.steps_of(packed.documents), folder.recipe.seed)
    console.print(name, style="bold")
    if lost := packed.lost(settings.row_tokens, context):
        console.print(lost, soft_wrap=True)
    console.print(_counts(packed, len(documents), held, settings, folder.recipe.seed, pick_device(spec.device), model))
    for lesson, document in list(zip(lessons, documents, strict=True))[:show]:
        console.print(f"\ntask {lesson.task}: {document.num_label_tokens} of {len(document.ids)} tokens are trained")
        console.print(paint(document, tokenizer), soft_wrap=True)


def paint(document: TokenizedExample, tokenizer: Any) -> Text:
    """A lesson's tokens one by one, the trained ones in colour and between brackets."""
    text = Text()
    for index, token in enumerate(document.ids):
        if index == document.start:
            text.append("⟦", "bold")
        style = (TRAINED if index >= document.start else READ)[index % 2]
        text.append(tokenizer.decode([token]), style)
    return text.append("⟧", "bold")


def _counts(
    packed: PackedDataset, lessons: int, held: int, settings: Training, seed: int, device: torch.device, model: Any
) -> Table:
    per_epoch = settings.steps_of(packed.documents)
    batch_plan = BatchPlan(packed, settings.batch_tokens, settings.epochs, seed, 0, 1, False, per_epoch)
    tokens, supervised = packed.tokens * settings.epochs, packed.supervised_tokens * settings.epochs
    seconds = training_seconds(model, tokens, supervised, packed.mean_context, settings, device)
    table = Table(show_header=False, title="would be trained", title_justify="left")
    dropped = ", ".join(f"{count:,} {reason}" for reason, count in packed.dropped.items()) or "none"
    rows = len(packed.rows)
    useful = packed.tokens / max(rows * settings.row_tokens, 1)
    for name, value in {
        "lessons": f"{packed.documents:,} of {lessons:,}; dropped: {dropped}"
        + (f"; {held:,} more held back" if held else ""),
        "tokens": f"{packed.tokens:,}, of which {packed.supervised_tokens:,} supervised",
        "rows": f"{rows:,} of at most {settings.row_tokens:,} tokens, {useful:.1%} full",
        "steps": f"{len(batch_plan):,} in {settings.epochs} epoch{'s' if settings.epochs > 1 else ''}",
        "memory": f"about {training_memory(model, settings, device) / 1e9:.1f} GB on {device}",
        "time": f"about {clock(seconds)}, a rough guess from the speed of one matrix product",
    }.items():
        table.add_row(name, value)
    return table


def training_seconds(
    model: Any, tokens: float, supervised: float, context: float, settings: Training, device: torch.device
) -> float:
    """Seconds that so many tokens take, all epochs counted, from the speed of one matrix product; a rough guess.

    `context` is how many earlier tokens one attends to on average.
    """
    body, head = flops(model, context)
    return (tokens * body + supervised * head) / (_speed(device, compute_type(settings, device)) * EFFICIENCY)


def training_memory(model: Any, settings: Training, device: torch.device) -> float:
    """Bytes of a training: weights, for what is trained also gradients and two moments, and the activations of a row.

    Activations are taken as 34 bytes a token, layer and unit of width (Korthikanti et al. 2022, arXiv 2205.05198, for
    16 bits, without the attention scores, which no kernel keeps), or one layer's share under gradient checkpointing.
    """
    config = model.config.get_text_config()
    parameters = sum(p.numel() for p in model.parameters())
    layers = 1 if settings.gradient_checkpointing else config.num_hidden_layers
    each = 34 * compute_type(settings, device).itemsize // 2
    activations = each * settings.row_tokens * layers * config.hidden_size
    state = {"full": 16.0, "lora": 2.2, "qlora": 0.8}[settings.method]  # bytes a parameter
    process = PROCESS if device.type == "cpu" else 0
    return float(parameters * state + activations + (1 << 28) + process)  # with one chunk of logits


def _speed(device: torch.device, dtype: torch.dtype) -> float:
    """FLOP/s of one large matrix product."""
    size = 1024
    left = torch.randn(size, size, dtype=dtype, device=device)
    (left @ left).sum().item()
    started, times = time.perf_counter(), 0
    while time.perf_counter() - started < 0.2:
        (left @ left).sum().item()
        times += 1
    return 2 * size**3 * times / (time.perf_counter() - started)


def clock(seconds: float) -> str:
    return (
        f"{seconds / 3600:.1f} h"
        if seconds > 5400
        else f"{seconds / 60:.0f} min"
        if seconds > 90
        else f"{seconds:.0f} s"
    )
