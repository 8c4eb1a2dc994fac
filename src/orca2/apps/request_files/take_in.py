"""Take the results of exported requests into the cache, once all of them are known to be answers to this run."""

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from orca2 import pipeline
from orca2.apps.request_files._results import Results, read_results
from orca2.apps.request_files._walk import Walk, walk
from orca2.asking.known_answers import KnownRequest, keep
from orca2.asking.loop import Loop
from orca2.core.types import Completion
from orca2.errors import DataError
from orca2.run.folder import RunFolder

Ending = Literal["taken", "kept", "failed"]


def take_in(path: Path, overrides: Sequence[str], redo: bool, source: Path) -> None:
    """Look at every line of the files in `source`, and keep their answers only if each is one to a request of teach."""
    results = read_results(source)
    with pipeline.before("teach", path, overrides, redo) as folder:
        number = 1 + sum(name.startswith("import ") for name in folder.record.get("asked", {}))
        with folder.asking(f"import {number}"):
            found = walk(folder, results.replies)
            _check_keys(results, found, source, path)
            with Loop() as loop:
                loop.run(keep(found.requests))
            ended = {key: _enter(known, _failure(key, results, known), folder) for key, known in _named(results, found)}
        for line in _told(ended, results, found, folder):
            print(line)
        teach = shlex.join(["orca2", "teach", str(path), *overrides])
        again = " --redo" if pipeline.is_done(folder, "teach") else ""
        if found.waiting:
            print(
                f"{len(found.owed):,} requests of {len(found.waiting):,} tasks wait for answers; for their files:"
                f" {teach} --export FOLDER; to ask them here: {teach}{again}"
            )
        else:
            print(f"every request has an answer; go on with: {teach}{again}")


def _check_keys(results: Results, found: Walk, source: Path, run: Path) -> None:
    """DataError for a result that answers no request of the run, before any of them is taken in."""
    foreign = [place for key, place in results.names.items() if key not in found.requests]
    if foreign:
        name, place = foreign[0]
        more = f" ({len(foreign):,} such results of {len(results.names):,})" if len(foreign) > 1 else ""
        raise DataError(
            f"{place}: custom_id {name[:80]!r} is of no request that teach makes in {run}{more}; nothing of {source}"
            " was taken in; give results of this run's own files, exported under the same keys of the recipe"
        )


def _named(results: Results, found: Walk) -> Iterator[tuple[bytes, KnownRequest]]:
    """The requests that results are for."""
    return ((key, found.requests[key]) for key in results.names)


def _failure(key: bytes, results: Results, known: KnownRequest) -> tuple[str, str]:
    """Where and why a result is of no use, if one is."""
    return results.failed.get(key) or (results.names[key][1], known.failure)


def _enter(known: KnownRequest, failure: tuple[str, str], folder: RunFolder) -> Ending:
    """Enter what became of a request into the books; what was kept before is neither counted nor paid again."""
    ledger, client = folder.ledger, known.client
    ledger.requests += 1
    if known.completion is not None and known.raw is None:
        ledger.cached += 1
        ledger.enter(known.completion)
        return "kept"
    ledger.asked += 1
    if known.completion is None:
        ledger.enter(Completion("", "error", error=failure[1]))
        return "failed"
    asked, answered = known.completion.tokens_in, known.completion.tokens_out
    ledger.tokens_in += asked
    ledger.tokens_out += answered
    ledger.tokens_thought += known.completion.reasoning_tokens
    ledger.cost += client.budget.commit(0.0, client.price, asked, answered)
    ledger.enter(known.completion)
    return "taken"


def _told(ended: Mapping[bytes, Ending], results: Results, found: Walk, folder: RunFolder) -> Iterator[str]:
    """What became of the results, line by line."""
    counts, by = Counter(ended.values()), sorted(folder.ledger.answered_by)
    yield f"{counts['taken']:,} answers taken in from {results.files:,} files" + (f", of {', '.join(by)}" if by else "")
    if counts["kept"]:
        yield f"{counts['kept']:,} had an answer before, which stays"
    if differing := [key for key, known in _named(results, found) if known.differs]:
        first = results.names[differing[0]][1]
        yield f"{len(differing):,} requests have several answers that differ, and the first stays; one: {first}"
    if failed := [key for key, end in ended.items() if end == "failed"]:
        place, why = _failure(failed[0], results, found.requests[failed[0]])
        yield f"{len(failed):,} failed, and stay to be asked; the first: {place}: {why}"
    for name in results.cut:
        yield f"{name} ends in the midst of a line; the request of that line stays to be asked"
