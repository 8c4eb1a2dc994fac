"""Checkpoints to go on from after a kill: written whole or not at all, and only for the same training."""

import hashlib
import json
import os
import platform
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from orca2 import processes
from orca2.core.keys import FREE_IN_TRAINING
from orca2.core.types import Lesson
from orca2.errors import RunError
from orca2.files import read_json
from orca2.sections import Training
from orca2.training.rows import PackedDataset

PARTIAL = "partial"  # where one is written before it takes its name
COMPLETE = "complete"  # the last file to be written into one
FINGERPRINT = "fingerprint.json"
BEGAN = "date"
SHARDING = "sharding of the weights"  # None where each process holds them whole
SAMPLE = 64  # numbers of each tensor that stand for the weights it starts from


def training_date(folder: Path | None) -> datetime:
    """When the training whose checkpoints lie there began; now if there are none. A chat template may write the date,
    and what was begun on one day goes on with the same tokens on the next."""
    then = {} if folder is None or (last := _last(folder)) is None else _fingerprint(last)
    return datetime.fromisoformat(then[BEGAN]) if BEGAN in then else datetime.now()


def fingerprint(
    lessons: Sequence[Lesson],
    packed: PackedDataset,
    model: Any,
    settings: Training,
    seed: int,
    date: datetime | None = None,
) -> dict[str, Any]:
    """What has to be the same for a checkpoint to be gone on from, by the name that a user knows.

    The number of processes is none of it: a step has the same rows on however many. `date` is what a chat template
    that writes it was given.
    """
    data, tokens, weights = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    for lesson in lessons:
        said = [(m.role, m.content, *([m.reasoning] if m.reasoning else [])) for m in lesson.messages]
        data.update(repr(said).encode(errors="surrogatepass"))
    for flat in (packed.ids, packed.ends, packed.num_label_tokens):
        tokens.update(flat.tobytes())
    for name, parameter in model.named_parameters():
        flat = parameter.detach().flatten()
        few = flat[:: max(flat.numel() // SAMPLE, 1)][:SAMPLE].float().cpu()
        weights.update(f"{name} {tuple(parameter.shape)}".encode() + few.numpy().tobytes())
    return {
        "lessons": data.hexdigest(),
        "chat template or tokenizer": tokens.hexdigest(),
        "student to start from": weights.hexdigest(),
        "seed": seed,
        **({BEGAN: date.isoformat()} if date else {}),
        **{key: value for key, value in settings.model_dump().items() if key not in FREE_IN_TRAINING},
    }


def latest_checkpoint(folder: Path, now: dict[str, Any], redo: bool = False) -> Path | None:
    """The last whole checkpoint. One of another training is dropped if the user said `redo`, else RunError names what
    has changed."""
    last = _last(folder)
    if last is None:
        return None
    then = _fingerprint(last)
    changed = [key for key in now if then.get(key) != now[key]]
    if {"lessons", "row_tokens"} & set(changed) and "chat template or tokenizer" in changed:
        changed.remove("chat template or tokenizer")  # other documents are other tokens
    if changed and redo:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    if changed:
        raise RunError(
            f"{last} was made with another {', another '.join(changed)}; put that back,"
            " or start this training again with --redo"
        )
    return last


def find_checkpoint(folder: Path | None, now: dict[str, Any], redo: bool, first: bool) -> Path | None:
    """The checkpoint to go on from, on all processes; RunError where one does not see it. The `first` looks for it, and
    drops what a kill has left half-written."""
    last = None
    if folder is not None and first:
        shutil.rmtree(folder / PARTIAL, ignore_errors=True)
        last = latest_checkpoint(folder, now, redo)
    agreed: Path | None = processes.agreed(last)
    if agreed is not None and not (agreed / COMPLETE).is_file():
        raise RunError(
            f"{agreed} is not seen by process {processes.rank()}, on {platform.node()}: several machines need the run"
            " folder on storage that they share; move it there"
        )
    return agreed


def _last(folder: Path) -> Path | None:
    """The last whole checkpoint, of whichever training."""
    whole = [path for path in folder.glob("checkpoint-*") if (path / COMPLETE).is_file()]
    return max(whole, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


def _fingerprint(checkpoint: Path) -> dict[str, Any]:
    found: dict[str, Any] = read_json(checkpoint / FINGERPRINT, f"remove {checkpoint}, and the training begins anew")
    return found


def name_of(step: int) -> str:
    """The folder of a checkpoint."""
    return f"checkpoint-{step}"


def commit_checkpoint(folder: Path, step: int, now: dict[str, Any]) -> None:
    """Give a checkpoint that lies written in `folder/partial` its name, and drop the ones before it."""
    name = name_of(step)
    written, final = folder / PARTIAL / name, folder / name
    (written / FINGERPRINT).write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
    for path in written.rglob("*"):
        _sync(path)
    (written / COMPLETE).touch()
    _sync(written)
    shutil.rmtree(final, ignore_errors=True)
    os.replace(written, final)
    _sync(folder)
    for other in folder.glob("checkpoint-*"):
        if other != final:
            (other / COMPLETE).unlink(missing_ok=True)
            shutil.rmtree(other, ignore_errors=True)


def _sync(path: Path) -> None:
    """To the disk. Windows opens no folder, and syncs only what is open for writing."""
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    except PermissionError:
        if path.is_dir():
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
