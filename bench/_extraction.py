"""Who accepts which of the labelled answers: our graders and each peer's, and how often that is an error.

An error is an accepted answer that is not correct, or a correct one that is not accepted. A peer gets, for each
kind of answer, whichever of its extractors has the fewest errors on the first half, or none at all.
"""

import hashlib
import json
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict

import _environments
from orca2.core.types import Completion, Task, Verdict
from orca2.grading.verdicts import verdicts

HERE = Path(__file__).resolve().parent
PEERS = ("lm_eval", "inspect", "lighteval", "math_verify")
HALVES = ("first", "second")
NOTHING = "nothing"  # the extractor that accepts nothing

Row = dict[str, Any]
Accepts = dict[str, list[bool]]  # by extractor, in the order of the rows


class Count(TypedDict):
    rows: int
    errors: int
    false_accepts: int


def read(folder: Path) -> dict[str, list[Row]]:
    """The rows of both halves."""
    return {
        half: [json.loads(line) for line in (folder / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]
        for half in HALVES
    }


def ours(rows: Sequence[Row]) -> list[Verdict]:
    """What our graders say of each row, told no more than its question, gold answer and response."""
    tasks = [Task(row["id"], row["kind"], row["question"], row["target"], "auto", "test") for row in rows]
    completions = [Completion(row["response"], row["finish_reason"]) for row in rows]
    return verdicts(tasks, completions, strict=False)


def per_minute(rows: Sequence[Row], seconds: float) -> int:
    """Answers judged in a minute of one core by this one process; math goes to a pool and is left out."""
    plain = [row for row in rows if row["kind"] != "math"]
    ours(plain)
    done, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        ours(plain)
        done += len(plain)
    return round(60 * done / (time.process_time() - started))


def theirs(name: str, halves: Mapping[str, Sequence[Row]], anew: bool) -> dict[str, Accepts]:
    """What each extractor of a peer accepts, by half; kept under `.bench/`, and made again if `anew` or changed."""
    script = HERE / "peers" / f"{name}_.py"
    rows = [{**row, "id": f"{half}/{row['id']}"} for half in halves for row in halves[half]]
    asked = ("id", "kind", "question", "target", "response", "finish_reason")  # all but the label
    given = "".join(json.dumps({key: row[key] for key in asked}) + "\n" for row in rows)
    parts = (given, script.read_text(), (HERE / "peers" / "_rows.py").read_text(), *_environments.PEERS[name])
    kept = _environments.HOME / "found" / f"{name}-{hashlib.sha256(''.join(parts).encode()).hexdigest()[:16]}.jsonl"
    if anew or not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as folder:
            source, out = Path(folder, "in.jsonl"), Path(folder, "out.jsonl")
            source.write_text(given, encoding="utf-8")
            command = [_environments.python(name), script, "extract", source, out]
            subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
            kept.write_bytes(out.read_bytes())
    found = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
    assert [one["id"] for one in found] == [row["id"] for row in rows]
    names = sorted({name for one in found for name in one["accepted"]})
    accepts: dict[str, Accepts] = {}
    for half in halves:
        part, found = found[: len(halves[half])], found[len(halves[half]) :]
        accepts[half] = {NOTHING: [False] * len(part)}
        accepts[half] |= {name: [one["accepted"].get(name, False) for one in part] for name in names}
    return accepts


def choose(rows: Sequence[Row], accepts: Accepts) -> dict[str, str]:
    """For each kind the extractor with the fewest errors on these rows, then with the fewest false accepts."""

    def key(kind: str, extractor: str) -> tuple[int, int]:
        found = count(rows, accepts[extractor], kind)
        return found["errors"], found["false_accepts"]

    return {kind: min(accepts, key=lambda extractor: key(kind, extractor)) for kind in kinds(rows)}


def combine(rows: Sequence[Row], accepts: Accepts, chosen: Mapping[str, str]) -> list[bool]:
    """What a peer accepts when each kind is read by the extractor chosen for it."""
    return [accepts[chosen.get(row["kind"], NOTHING)][at] for at, row in enumerate(rows)]


def count(rows: Sequence[Row], accepted: Sequence[bool], kind: str | None = None) -> Count:
    """Errors and false accepts on the rows of one kind, or on all."""
    pairs = [
        (said, row["label"] == "correct")
        for row, said in zip(rows, accepted, strict=True)
        if kind in (None, row["kind"])
    ]  # fmt: skip
    return Count(
        rows=len(pairs),
        errors=sum(said != right for said, right in pairs),
        false_accepts=sum(said and not right for said, right in pairs),
    )


def kinds(rows: Iterable[Row]) -> list[str]:
    return sorted({row["kind"] for row in rows})
