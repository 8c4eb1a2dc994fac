"""The stages in their order, and which of them a run still owes."""

import hashlib
import importlib
import importlib.metadata
import json
import platform
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from orca2 import processes
from orca2 import recipe as recipes
from orca2.core.keys import changed, flat
from orca2.errors import RunError
from orca2.progress import console
from orca2.recipe import Recipe
from orca2.runfolder import Onlooker, RunFolder, read_record

STAGES = ("tasks", "explain", "profile", "teach", "verify", "erase", "train", "evaluate", "report")


def stage(name: str) -> ModuleType:
    """The module of a stage: READS (recipe keys), MAKES (artifacts), run(folder)."""
    return importlib.import_module(f"orca2.stages.{name}")


def open_run(path: Path, recipe: Recipe, base: Path, redo: bool) -> RunFolder:
    """A run folder for a recipe, new or as it was left.

    If the recipe differs from the recorded one in a key that a stage has read, RunError
    names the keys, unless `redo`: then that stage and all after it are owed again.
    """
    record = read_record(path) or {"stages": {}}
    folder = RunFolder(path, recipe, base, record)
    if "recipe" in record:
        keys = changed(record["recipe"], recipe.model_dump())
        begun = [name for name in STAGES if name in record["stages"] or folder.checkpoints(name).exists()]
        touched = [name for name in begun if _reads(name, keys)]
        if touched and not redo:
            named = ", ".join(key for key in keys if any(_reads(name, [key]) for name in touched))
            raise RunError(
                f"{path} was made with other values of {named}; use another --run folder,"
                f" or add --redo to redo it from {touched[0]}"
            )
        if touched:
            forget(folder, touched[0])
    path.mkdir(parents=True, exist_ok=True)
    return folder


def reopen(path: Path, overrides: Sequence[str] = (), redo: bool = False) -> RunFolder:
    """The run folder as it was left, under its own recipe with `overrides`."""
    folder = _left(path, overrides)
    return open_run(path, folder.recipe, folder.base, redo)


def _left(path: Path, overrides: Sequence[str]) -> RunFolder:
    record = read_record(path)
    if record is None:
        raise RunError(f"{path} is not a run folder (no record.json); make one with: orca2 run RECIPE --run {path}")
    recipe = recipes.check(json.loads(json.dumps(record["recipe"])), str(path / "record.json"), overrides)
    return RunFolder(path, recipe, Path(record["base"]), record)


def run(folder: RunFolder, names: Sequence[str] = STAGES) -> None:
    """Do what is missing of the named stages, in order. Several processes share a stage that trains only."""
    if processes.several():
        shared = [name for name in names if hasattr(stage(name), "follow")]
        if list(names) != shared or len(shared) != 1:
            raise RunError(
                "torchrun shares a training only, explain or train; do those before it first, then: orca2 train RUN"
            )
        if processes.rank():
            console.quiet = True
            if not done(folder, shared[0]):
                stage(shared[0]).follow(Onlooker(folder.path, folder.recipe, folder.base, folder.record))
            return
    with folder.lock():
        folder.record["versions"] = _versions()
        folder.save()
        for name in names:
            if done(folder, name):
                console.print(f"[dim]{name:>9}  done before[/dim]")
            else:
                _do(folder, name)
                if not done(folder, name):
                    raise RunError(f"{name}: an earlier stage is owed; run: orca2 run {folder.path}")


def dry_run(path: Path, overrides: Sequence[str], name: str, show: int) -> None:
    """Say what a stage would ask or train on, under other values of keys too; nothing is written or asked."""
    folder = _left(path, overrides)
    if name == "teach":
        from orca2.stages import _estimate

        _estimate.dry_run(folder)
        return
    from orca2.stages import _tune

    own = {"explain": "explain", "train": "cautious"}[name]
    _tune.dry_run(folder, own, getattr(folder.recipe, name), show)


def done(folder: RunFolder, name: str) -> bool:
    """Whether a stage was finished from the inputs that are there now, and its files still are."""
    finished = folder.record["stages"].get(name)
    return (
        finished is not None
        and finished["inputs"] == _inputs(folder, name)
        and all((folder.path / file).exists() for file in finished["files"])
    )


def forget(folder: RunFolder, name: str) -> None:
    """Mark a stage and all that follow it as owed, from their beginning. Answers in the cache stay."""
    for later in STAGES[STAGES.index(name) :]:
        folder.record["stages"].pop(later, None)
        shutil.rmtree(folder.checkpoints(later), ignore_errors=True)


def _do(folder: RunFolder, name: str) -> None:
    console.print(f"[bold]{name:>9}[/bold]")
    module, started = stage(name), time.monotonic()
    for earlier in STAGES[: STAGES.index(name)]:
        if not done(folder, earlier):
            raise RunError(f"{name}: {earlier} is not done in {folder.path}; run: orca2 {earlier} {folder.path}")
    folder.record["stages"].pop(name, None)
    with folder.asking(name):
        outcome = module.run(folder)
    said = outcome.pop("said")
    seconds = time.monotonic() - started
    folder.record["stages"][name] = {
        "seconds": round(seconds, 1),
        "tokens_in": 0,
        "tokens_out": 0,
        "files": (files := outcome.pop("files", module.MAKES)),
        **outcome,
        "inputs": _inputs(folder, name),
        "outputs": folder.digest(files),
    }
    folder.save()
    shutil.rmtree(folder.checkpoints(name).parent, ignore_errors=True)
    console.print(f"           {said} [dim]({_clock(seconds)})[/dim] -> {', '.join(files)}", soft_wrap=True)


def _inputs(folder: RunFolder, name: str) -> str:
    """One hash over the recipe's keys that a stage reads, its files that the user edits, and the stage before it."""
    values = flat(folder.recipe.model_dump())
    read: dict[str, Any] = {key: value for key, value in values.items() if _reads(name, [key])}
    if edits := [file for file in getattr(stage(name), "EDITS", ()) if (folder.path / file).exists()]:
        read["edits"] = folder.digest(edits)
    index = STAGES.index(name)
    before = folder.record["stages"].get(STAGES[index - 1]) if index else None
    chain = [before["inputs"], before["outputs"]] if before else []
    return hashlib.sha256(json.dumps([read, chain], sort_keys=True).encode()).hexdigest()


def _reads(name: str, keys: Sequence[str]) -> bool:
    prefixes = stage(name).READS
    return any(key == prefix or key.startswith(prefix + ".") for key in keys for prefix in prefixes)


def _versions() -> dict[str, str]:
    packages = ("torch", "transformers", "tokenizers")
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in packages}


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
