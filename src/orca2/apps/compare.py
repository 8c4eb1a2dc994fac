"""compare: two runs on the tasks that both answered, refused where their settings differ."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from orca2.core.comparing import by_family, power, summary
from orca2.core.records import Evaluation
from orca2.core.types import Answer
from orca2.errors import DataError, RunError
from orca2.files import write_text
from orca2.reporting import formats, tables, trust
from orca2.reporting.artifacts import check_out, check_run, read_noun, read_nouns


@dataclass(frozen=True, slots=True)
class Side:
    """One student of one run under one system message. `settings` are those that make answers comparable."""

    name: str
    seed: int
    settings: Mapping[str, Any]
    rows: Mapping[str, Answer]

    def answers(self, tasks: Sequence[str]) -> list[Answer]:
        return [self.rows[task] for task in tasks]


def compare(first: Path, second: Path, student: str, system: str, out: Path | None) -> None:
    """Print the paired comparison, first minus second, and write it to `out` as JSON."""
    check_out(out)
    ours, theirs = _read(first, student, system), _read(second, student, system)
    shared = [task for task in ours.rows if task in theirs.rows]
    _check(ours, theirs, shared)
    alone = [len(side.rows) - len(shared) for side in (ours, theirs)]
    pair = ours.answers(shared), theirs.answers(shared)
    totals = [summary(answers) for answers in pair]
    families = by_family(*pair, ours.seed)
    said = power(families[0])
    console = Console(highlight=False, markup=False, emoji=False, width=None if Console().is_terminal else 120)
    title = f"{student}, {formats.system_message(system)}, 95 % intervals"
    rows = [((str(first),), totals[0]), ((str(second),), totals[1])]
    console.print(
        tables.accuracy(title, ("run",), rows, trust.measure(answer.gold for side in pair for answer in side))
    )
    console.print(tables.differences("first minus second: paired bootstrap, exact McNemar, Holm", families))
    console.print(f"{len(shared)} shared tasks; not shared: {alone[0]} of the first, {alone[1]} of the second")
    if said:
        console.print(said)
    if out:
        found = {
            "student": student, "system": system, "settings": ours.settings, "seed": ours.seed,
            "runs": [str(first), str(second)], "shared": len(shared), "not_shared": alone,
            "totals": [asdict(total) for total in totals], "comparisons": [asdict(row) for row in families],
        }  # fmt: skip
        write_text(out, json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def _read(folder: Path, student: str, system: str) -> Side:
    check_run(folder)
    result = read_noun(folder, "evaluate.json", "evaluate", Evaluation)
    rows = read_nouns(folder, "answers.jsonl", "evaluate", Answer)
    for word, key in ((student, "student"), (system, "system")):
        known = list(dict.fromkeys(getattr(row, key) for row in rows))
        if word not in known:
            raise DataError(f"{folder}: no {key} {word!r} in answers.jsonl; there: {', '.join(known) or 'none'}")
    settings = dict(result.settings)
    settings["system"] = settings.pop("systems")[system]
    asked = {row.task: row for row in rows if (row.student, row.system) == (student, system)}
    return Side(str(folder), result.seed, settings, asked)


def _check(ours: Side, theirs: Side, shared: Sequence[str]) -> None:
    """RunError names every difference that would make the comparison unfair."""
    if not shared:
        raise RunError(f"{ours.name} and {theirs.name} share no test task; compare runs on the same tasks and splits")
    found = [
        f"{key} ({ours.settings.get(key)!r} and {theirs.settings.get(key)!r})"
        for key in sorted(ours.settings.keys() | theirs.settings.keys())
        if ours.settings.get(key) != theirs.settings.get(key)
    ]
    for key in ("target", "grader", "family"):
        other = [task for task in shared if getattr(ours.rows[task], key) != getattr(theirs.rows[task], key)]
        if other:
            a, b = (getattr(side.rows[other[0]], key) for side in (ours, theirs))
            found.append(f"{key} of {len(other)} tasks (first {other[0]}: {a[:60]!r} and {b[:60]!r})")
    if found:
        raise RunError(
            f"{ours.name} and {theirs.name} differ in {'; '.join(found)}; evaluate both under the same settings"
        )
