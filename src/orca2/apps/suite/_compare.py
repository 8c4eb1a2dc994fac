"""The same items answered by two models: paired tests on graded ones, the judge's preference on open ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.apps.suite._results import compared
from orca2.asking.client import ModelClient
from orca2.core.statistics import mcnemar
from orca2.errors import RunError
from orca2.files import read_json, read_json_lines
from orca2.grading.rating import Preference, prefer
from orca2.reporting.artifacts import clean

Row = Mapping[str, Any]
KINDS: tuple[Preference, ...] = ("ours", "theirs", "tie", "split", "unread")


@dataclass(frozen=True, slots=True)
class Other:
    """An earlier suite. `rows` by (system message, item)."""

    folder: Path
    result: Row
    rows: Mapping[tuple[str, str], Row]


def read(folder: Path) -> Other:
    """A folder of a suite, or a run folder that holds one."""
    place = folder if (folder / "suite.json").is_file() else folder / "suite"
    if not (place / "suite.json").is_file():
        raise RunError(f"--compare-with {folder}: no suite.json there; make one with: orca2 suite MODEL --out {folder}")
    again = f"run it again: orca2 suite MODEL --out {place}"
    result = clean(read_json(place / "suite.json", again))
    rows = {(row["system"], row["task"]): row for row in clean(read_json_lines(place / "graded.jsonl", again))}
    return Other(place, result, rows)


def compare(rows: Sequence[Row], other: Other, systems: Sequence[str], judge: ModelClient | None) -> dict[str, Any]:
    """For each system message, ours minus theirs; RunError where the same item was asked or cut otherwise."""
    rows = clean(list(rows))  # as those of the file were when they were read
    pairs = [
        (row, other.rows[row["system"], row["task"]]) for row in rows if (row["system"], row["task"]) in other.rows
    ]
    if not pairs:
        raise RunError(
            f"{other.folder} answered none of these items; compare suites of the same benchmarks and --limit"
        )
    for ours, theirs in pairs:
        for key in ("prompt", "target", "grader", "max_tokens"):
            if ours[key] != theirs[key]:
                a, b = (str(side[key])[:60] for side in (ours, theirs))
                raise RunError(
                    f"{other.folder}: {key} of {ours['task']} differs ({a!r} here, {b!r} there); run both alike"
                )
    found: dict[str, Any] = {"against": other.result["model"], "folder": str(other.folder), "systems": {}}
    for system in systems:
        own = [pair for pair in pairs if pair[0]["system"] == system]
        found["systems"][system] = {
            "items": len(own),
            "graded": compared([a for a, _ in own], [b for _, b in own]) if own else [],
            "preferred": _preferred([p for p in own if p[0]["measure"] != "graded"], judge) if judge else [],
        }
    return found


def _preferred(pairs: Sequence[tuple[Row, Row]], judge: ModelClient) -> list[dict[str, Any]]:
    fit = [(ours, theirs) for ours, theirs in pairs if ours["response"] and theirs["response"]]
    said = prefer(judge, [(_question(ours), ours["response"], theirs["response"]) for ours, theirs in fit])
    found: list[dict[str, Any]] = []
    for family in dict.fromkeys(ours["family"] for ours, _ in fit):
        counts: Counter[str] = Counter(
            one for (ours, _), one in zip(fit, said, strict=True) if ours["family"] == family
        )
        wins, losses = counts["ours"], counts["theirs"]
        row: dict[str, Any] = {"family": family, "items": counts.total(), "p": mcnemar(wins, losses)}
        found.append(row | {name: counts[name] for name in KINDS})
    return found


def _question(row: Row) -> str:
    """The conversation up to the answer that is compared."""
    lines, asked = [], [row["prompt"], *row["follow_ups"]]
    for question, reply in zip(asked, row["earlier"], strict=False):
        lines += [f"[user] {question}", f"[assistant] {reply}"]
    return "\n".join([*lines, f"[user] {asked[len(row['earlier'])]}"]) if lines else asked[0]
