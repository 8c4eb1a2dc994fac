"""The stages in their order, and which of them a run still owes."""

import importlib.metadata
import json
import platform
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rich.text import Text

from orca2 import inputs, preflight, processes, stages
from orca2 import recipe as recipes
from orca2.core.keys import lasting
from orca2.errors import RunError
from orca2.files import hash_file, located
from orca2.progress import console, never_silent
from orca2.recipe import Recipe
from orca2.run.folder import NonWritingRun, RunFolder, check_folder, read_record

STAGES = tuple(stage.name for stage in stages.STAGES)


def open_run(path: Path, recipe: Recipe, base: Path, redo: bool) -> RunFolder:
    """A run folder for a recipe, new or as it was left.

    If the recipe differs from that of a stage in a key that the stage has read, RunError names the keys, unless `redo`:
    then it is owed, and so are those that read another outcome of it.
    """
    check_folder(path)
    record = read_record(path)
    folder = RunFolder(path, recipe, base, record or {"stages": {}})
    folder.redo = redo
    if record is not None:
        touched = {name: keys for name in STAGES if (keys := _changed(folder, name))}
        if touched and not redo:
            named = ", ".join(sorted({key for keys in touched.values() for key in keys}))
            raise RunError(
                f"{path} was made with other values of {named}; use another --run folder,"
                f" or add --redo to redo it from {next(iter(touched))}"
            )
        # until the first stage is made anew the run is what it was; the report is made of what it says by now
        folder.adopted = not touched.keys() & (record["stages"].keys() - {STAGES[-1]})
        folder.stale = {name: lines for name in STAGES if (lines := _other_files(folder, name))}
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
        shared = [name for name in names if stages.BY_NAME[name].trains]
        if list(names) != shared or len(shared) != 1:
            raise RunError(
                "torchrun shares a training only, explain or train; do those before it first, then: orca2 train RUN"
            )
        if processes.rank():
            console.quiet = True
            if not is_done(folder, shared[0]):
                non_writing = NonWritingRun(folder.path, folder.recipe, folder.base, folder.record)
                non_writing.redo, non_writing.again = folder.redo, folder.again
                with non_writing.making(shared[0], keep=True):
                    stages.BY_NAME[shared[0]].follow(non_writing)
            return
    with folder.lock():
        folder.move_finished()
        if owed := [name for name in names if not is_done(folder, name)]:
            preflight.check(folder.recipe, folder.base, names[names.index(owed[0]) :])
        folder.record["versions"] = _versions()
        folder.save()
        for name, lines in folder.stale.items():
            what = "is done again" if name in names else "is owed"
            for line in lines:
                console.print(f"{line}; {name} {what}", soft_wrap=True, markup=False)
        with _cluster(folder, owed):
            for name in names:
                if is_done(folder, name):
                    console.print(f"{name:>9}  done before", style="dim")
                else:
                    _do(folder, name)
                    if not is_done(folder, name):
                        raise RunError(f"{name}: an earlier stage is owed; run: orca2 run {folder.path}")


def _cluster(folder: RunFolder, owed: Sequence[str]) -> AbstractContextManager[None]:
    """The cluster of a run for as long as its stages last; nothing is joined if none is owed, or under torchrun."""
    if folder.recipe.cluster is None or not owed or processes.several():
        return nullcontext()
    from orca2.scale.connecting import connected

    return connected(folder.recipe.cluster)


@contextmanager
def before(name: str, path: Path, overrides: Sequence[str], redo: bool) -> Iterator[RunFolder]:
    """A run folder kept to this process, in which all that a stage needs is done and checked."""
    folder = reopen(path, overrides, redo)
    with folder.lock():
        folder.move_finished()
        _check_earlier(folder, name)
        preflight.check(folder.recipe, folder.base, [name])
        yield folder


def dry_run(path: Path, overrides: Sequence[str], name: str, show: int) -> None:
    """Say what a stage would ask or train on, under other values of keys too; nothing is written or asked."""
    folder = _left(path, overrides)
    stages.BY_NAME[name].dry_run(folder, show)


def is_done(folder: RunFolder, name: str) -> bool:
    """Whether a stage was finished from what is there now, and its files still are."""
    finished = folder.record["stages"].get(name)
    return (
        finished is not None
        and name not in (*folder.again, *folder.stale)
        and all(finished.get(part) == value for part, value in made_from(folder, name).items())
        and all((folder.path / file).exists() for file in finished["files"])
    )


def made_from(folder: RunFolder, name: str) -> dict[str, Any]:
    """What a stage would be made from now: `keys` with their values, `edits`, `outcomes` of earlier stages; as the
    record holds them of what was done."""
    return _made_from(folder, name, _was_idle(folder, name))


def invalidate(folder: RunFolder, name: str) -> None:
    """Mark a stage as owed, although it is done. Answers in the cache stay."""
    folder.again.add(name)
    folder.redo = True


def _do(folder: RunFolder, name: str) -> None:
    stage, started = stages.BY_NAME[name], time.monotonic()
    _check_earlier(folder, name)
    place = f"  stage {STAGES.index(name) + 1} of {len(STAGES)}"
    console.print(Text.assemble((f"{name:>9}", "bold"), (place, "dim")))
    read = inputs.noted(stage.inputs(folder), folder.base)
    with folder.making(name, keep=stage.trains):
        with folder.asking(name), never_silent(name):
            result = stage.run(folder)
        files = list(stage.makes if result.files is None else result.files)
        seconds = time.monotonic() - started
        entry = {
            "seconds": round(seconds, 1),
            "tokens_in": result.tokens_in,
            "tokens_out": result.tokens_out,
            "tokens_thought": result.tokens_thought,
            "files": files,
            **_made_from(folder, name, result.idle),
            **({"idle": True} if result.idle else {}),
            **({"read": read} if read else {}),
            "outputs": folder.digest(files),
        }
    folder.finish(name, entry)
    shutil.rmtree(folder.checkpoints(name).parent, ignore_errors=True)
    told = Text.assemble(f"           {result.message} ", (f"({_clock(seconds)})", "dim"), f" -> {', '.join(files)}")
    console.print(told, soft_wrap=True)


def _check_earlier(folder: RunFolder, name: str) -> None:
    """RunError if a stage before this one is owed."""
    for earlier in STAGES[: STAGES.index(name)]:
        if not is_done(folder, earlier):
            same = "" if folder.adopted else " --redo, with the same keys"
            raise RunError(f"{name}: {earlier} is not done in {folder.path}; run: orca2 {earlier} {folder.path}{same}")


def _was_idle(folder: RunFolder, name: str) -> bool:
    return bool(folder.record["stages"].get(name, {}).get("idle"))


def _made_from(folder: RunFolder, name: str, idle: bool) -> dict[str, Any]:
    """What a stage is made from, part by part: the recipe's keys that it reads, the files that the user edits, and the
    outcomes of earlier stages."""
    stage, finished = stages.BY_NAME[name], folder.record["stages"]
    edits = [file for file in stage.edits if folder.place(file).exists()]
    return {
        "keys": {} if idle else _keys(folder, name),
        "edits": folder.digest(edits) if edits else "",
        "outcomes": {earlier: finished[earlier]["outputs"] for earlier in stage.needs if earlier in finished},
    }


def _other_files(folder: RunFolder, name: str) -> list[str]:
    """What has become of the data files that a stage was made from, line by line."""
    notes = folder.record["stages"].get(name, {}).get("read")
    return list(inputs.changes(notes, stages.BY_NAME[name].inputs(folder), folder.base)) if notes else []


def _changed(folder: RunFolder, name: str) -> list[str]:
    """The keys whose values differ from those that a stage was made with, or begun with."""
    finished = folder.record["stages"].get(name)
    if finished is not None and "keys" in finished:
        then, now = finished["keys"], made_from(folder, name)["keys"]
    elif finished is not None or folder.checkpoints(name).exists():
        then, now = _read_by(name, folder.record["recipe"]), _read_by(name, folder.recipe.model_dump())
    else:
        return []
    return sorted(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))


def _keys(folder: RunFolder, name: str) -> dict[str, Any]:
    """The recipe's keys that a stage reads; of plug-ins that are files, their content too."""
    found = _read_by(name, folder.recipe.model_dump())
    return {key: _with_content(value, folder.base) for key, value in found.items()}


def _read_by(name: str, recipe: Mapping[str, Any]) -> dict[str, Any]:
    prefixes = stages.BY_NAME[name].reads
    return {
        key: value
        for key, value in lasting(recipe).items()
        if any(key == prefix or key.startswith(prefix + ".") for prefix in prefixes)
    }


def _with_content(value: Any, base: Path) -> Any:
    if isinstance(value, list):
        return [_with_content(item, base) for item in value]
    if isinstance(value, str) and value.endswith(".py") and (file := located(value, base)).is_file():
        return f"{value} {hash_file(file)[:16]}"
    return value


def _versions() -> dict[str, str]:
    packages = ("torch", "transformers", "tokenizers")
    return {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in packages}


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
