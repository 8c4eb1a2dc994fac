"""Write the requests of teach that have no answer yet into files of OpenAI's batch format."""

import shlex
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from orca2 import pipeline
from orca2.apps.request_files._walk import Walk, walk
from orca2.asking.known_answers import KnownRequest
from orca2.core.eliciting import written
from orca2.endpoints.batch_lines import MOST_BYTES, cut, request_line
from orca2.errors import RunError
from orca2.files import put, write_text
from orca2.run.folder import RunFolder

ROWS = 4_000  # of a file: what a job loses at most, where answers are written at its end


def export(path: Path, overrides: Sequence[str], redo: bool, out: Path, rows: int = ROWS) -> None:
    """Write `requests-00001.jsonl` and so on, and `judge-00001.jsonl` for a judge that is an endpoint, into `out`.

    All that can be asked now is in them; what depends on these answers comes with the export after their import.
    """
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise RunError(f"{out} is there and no empty folder; each export has a folder of its own: name another one")
    with pipeline.before("teach", path, overrides, redo) as folder:
        found = walk(folder, {})
        teach = shlex.join(["orca2", "teach", str(path), *overrides])
        if not found.waiting:
            print(f"every request has an answer, and no file is written; go on with: {teach}{_again(folder)}")
            return
        folder.save()  # keys that were given with this command are those of the run from here on
        for line in _write(found, out, rows):
            print(line)
        print(f"have them answered, then: {teach} --import FOLDER")
        if _may_follow(folder, found):
            print(f"then: {teach} --export FOLDER, for what is asked after these answers; it says when nothing is left")


def _write(found: Walk, out: Path, rows: int) -> Iterable[str]:
    """Write the files, all or none; what was written, a line for each model."""
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    told = []
    for name, owed in _by_model(found).items():
        count = 0
        for count, lines in enumerate(
            cut((request_line(k.hex(), v.body) for k, v in owed.items()), rows, MOST_BYTES), 1
        ):
            write_text(partial / f"{name}-{count:05}.jsonl", b"".join(lines).decode())
        last = f" to {name}-{count:05}.jsonl" if count > 1 else ""
        told.append(f"{len(owed):,} requests -> {out / f'{name}-00001.jsonl'}{last}")
    put(partial, out)
    return [f"{len(found.waiting):,} tasks wait for answers", *told]


def _by_model(found: Walk) -> Mapping[str, Mapping[bytes, KnownRequest]]:
    """The requests that are owed, by what their files are called: a program answers those of one model."""
    groups: dict[str, dict[bytes, KnownRequest]] = {}
    for key, known in found.owed.items():
        name = "requests" if known.client.model.name == found.teacher else "judge"
        groups.setdefault(name, {})[key] = known
    return groups


def _may_follow(folder: RunFolder, found: Walk) -> bool:
    """Whether something may be asked after the answers to these."""
    spec = folder.recipe.teach
    several = spec.samples * spec.ways > 1 or folder.recipe.judge is not None
    plans = [plan for (_, plans), _ in found.waiting for plan in plans]
    return several or any(plan.calls or written(plan.strategy) == "thought" for plan in plans)


def _again(folder: RunFolder) -> str:
    return " --redo" if pipeline.is_done(folder, "teach") else ""
