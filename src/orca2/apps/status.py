"""status: what of a run is done, what is owed and why, and which command says what that will cost."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any

from orca2 import pipeline
from orca2.run.folder import RunFolder
from orca2.stages import STAGES

# what `--dry-run` of a stage says
FORETOLD = {
    stage.name: "what would be trained" if stage.trains else "what would be asked and its price"
    for stage in STAGES
    if stage.trains or stage.asks
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A key of the recipe whose value is another one than the stage was made with; None where it was not there."""

    key: str
    then: Any
    now: Any


@dataclass(frozen=True, slots=True)
class StageStatus:
    """Where a stage stands.

    `finished` is when its files were written, `cost` in dollars. `data` says which data files are others by now.
    `waits_for` are pending stages whose outcome it was made from: it is done anew if that comes out otherwise.
    """

    stage: str
    state: str
    finished: str | None = None
    seconds: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_thought: int | None = None
    cost: float | None = None
    keys: list[Changed] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    edited: bool = False
    data: list[str] = field(default_factory=list)
    begun: bool = False
    waits_for: list[str] = field(default_factory=list)


def show(path: Path, overrides: Sequence[str], as_json: bool) -> None:
    """Print the status; nothing is written and no lock is taken, so that a run under way can be looked at."""
    folder = pipeline.reopen(path, overrides, redo=True)
    stages = read(folder)
    command = next_command(folder, stages, overrides)
    if as_json:
        whole = {"run": str(path), "name": folder.recipe.name, "seed": folder.recipe.seed,
                 "spent": folder.record.get("spent", 0.0), "stages": [asdict(stage) for stage in stages],
                 "next": command}  # fmt: skip
        print(json.dumps(whole, ensure_ascii=False))
        return
    print(f"{path}: {folder.recipe.name}, seed {folder.recipe.seed}")
    for stage in stages:
        print(f"{stage.stage:>9}  {stage.state:<8}{_done(stage) if stage.state == 'done' else _why(stage)}".rstrip())
    if spent := folder.record.get("spent"):
        print(f"\nspent on answers so far: ${spent:,.2f}")
    print()
    for stage in stages:
        if stage.state == "pending" and stage.stage in FORETOLD:
            print(f"{FORETOLD[stage.stage]}: {_typed(['orca2', stage.stage, path, *overrides, '--dry-run'])}")
    print(
        f"go on: {command}" if command else f"nothing is owed; talk to the student: {_typed(['orca2', 'chat', path])}"
    )


def read(folder: RunFolder) -> list[StageStatus]:
    """Every stage in order, as the record and the files say."""
    found: list[StageStatus] = []
    for name in pipeline.STAGES:
        entry = folder.record["stages"].get(name)
        now = pipeline.made_from(folder, name)
        if entry is None:
            found.append(StageStatus(name, "pending", begun=folder.checkpoints(name).exists()))
        elif pipeline.is_done(folder, name):
            waits = [
                one.stage for one in found if one.stage in now["outcomes"] and (one.state == "pending" or one.waits_for)
            ]
            found.append(_with(folder, name, entry, "done", waits_for=waits))
        else:
            found.append(_with(
                folder, name, entry, "pending",
                keys=_changed(entry.get("keys") or {}, now["keys"]),
                missing=[file for file in entry["files"] if not (folder.path / file).exists()],
                outcomes=_other(entry.get("outcomes") or {}, now["outcomes"]),
                edited=entry.get("edits", "") != now["edits"],
                data=folder.stale.get(name, []),
            ))  # fmt: skip
    return found


def next_command(folder: RunFolder, stages: Sequence[StageStatus], overrides: Sequence[str]) -> str | None:
    """What does all that is owed, or None."""
    pending = [stage for stage in stages if stage.state == "pending"]
    if not pending:
        return None
    redo = ["--redo"] if any(stage.keys for stage in pending) else []
    return _typed(["orca2", "run", folder.path, *overrides, *redo])


def _with(folder: RunFolder, name: str, entry: Mapping[str, Any], state: str, **why: Any) -> StageStatus:
    asked = folder.record.get("asked", {}).get(name, {})
    return StageStatus(
        name, state, _finished(folder, entry["files"]), entry["seconds"], entry["tokens_in"], entry["tokens_out"],
        entry.get("tokens_thought", 0), asked.get("cost"), **why,
    )  # fmt: skip


def _finished(folder: RunFolder, files: Sequence[str]) -> str | None:
    times = [path.stat().st_mtime for file in files if (path := folder.path / file).exists()]
    return time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(max(times))) if times else None


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Changed]:
    keys = sorted(key for key in then.keys() | now.keys() if then.get(key) != now.get(key))
    return [Changed(key, then.get(key), now.get(key)) for key in keys]


def _other(then: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [stage for stage in pipeline.STAGES if then.get(stage) != now.get(stage)]


def _done(stage: StageStatus) -> str:
    thought = f", of which {stage.tokens_thought:,} thought" if stage.tokens_thought else ""
    tokens = f", {stage.tokens_in:,} tokens in, {stage.tokens_out:,} out{thought}" if stage.tokens_out else ""
    cost = f", ${stage.cost:,.2f}" if stage.cost else ""
    when = (stage.finished or "")[:16].replace("T", " ")
    anew = f"; anew if {' or '.join(stage.waits_for)} comes out otherwise" if stage.waits_for else ""
    return f"{when}, {stage.seconds:,.0f} s{tokens}{cost}{anew}"


def _why(stage: StageStatus) -> str:
    found = [f"{one.key} was {json.dumps(one.then)} and is {json.dumps(one.now)}" for one in stage.keys]
    found += [f"{file} is missing" for file in stage.missing]
    found += [f"{earlier} came out otherwise" for earlier in stage.outcomes]
    found += stage.data
    found += ["a file for you to edit was edited"] if stage.edited else []
    if stage.begun:
        found.append("begun; it goes on from its last checkpoint")
    return "; ".join(found) or ("not done yet" if stage.finished is None else "to be done again")


def _typed(words: Sequence[object]) -> str:
    return " ".join(quote(str(word)) for word in words)
