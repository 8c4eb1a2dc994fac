"""The artifacts that the report reads, as plain data whose text is safe to put on a page."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.errors import RunError

# control characters and lone surrogates: neither HTML nor UTF-8 can hold them
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Artifacts:
    """A run folder's content, one field for each file. `lessons` maps a task's id to its messages."""

    folder: Path
    record: Row
    tasks: Row
    explain: Row
    profile: Row
    verified: list[Row]
    verify: Row
    lessons: dict[str, list[Row]]
    erase: Row
    train: Row
    evaluate: Row
    answers: list[Row]

    @property
    def seed(self) -> int:
        return int(self.record["seed"])

    def total(self, student: str, system: str) -> Row:
        """The totals row of one student under one system message."""
        return next(t for t in self.evaluate["totals"] if (t["student"], t["system"]) == (student, system))

    def comparison(self, against: str, family: str = "all") -> Row:
        """The paired comparison of the cautious student under the generic message."""
        keys = ("cautious", against, "generic", family)
        rows = self.evaluate["comparisons"]
        return next(r for r in rows if (r["student"], r["against"], r["system"], r["family"]) == keys)

    @property
    def students(self) -> list[str]:
        """In the order of training; explained is not there where that stage was skipped."""
        return list(dict.fromkeys(total["student"] for total in self.evaluate["totals"]))


def read(folder: Path) -> Artifacts:
    """Every artifact in flow order; RunError for the first that is missing or not JSON."""
    if not (folder / "record.json").exists():
        raise RunError(
            f"{folder} is not a run folder (record.json is missing); make one with: orca2 run RECIPE --run {folder}"
        )
    return Artifacts(
        folder=folder,
        record=_json(folder, "record.json", "run"),
        tasks=_json(folder, "tasks.json", "tasks"),
        explain=_json(folder, "explain.json", "explain"),
        profile=_json(folder, "profile.json", "profile"),
        verified=_rows(folder, "verified.jsonl", "verify"),
        verify=_json(folder, "verify.json", "verify"),
        lessons={row["task"]: row["messages"] for row in _rows(folder, "lessons.jsonl", "erase")},
        erase=_json(folder, "erase.json", "erase"),
        train=_json(folder, "train.json", "train"),
        evaluate=_json(folder, "evaluate.json", "evaluate"),
        answers=_rows(folder, "answers.jsonl", "evaluate"),
    )


def _json(folder: Path, name: str, made_by: str) -> Any:
    return _parse(_text(folder, name, made_by), f"{name} in {folder}", f"orca2 {made_by} {folder} --redo")


def _rows(folder: Path, name: str, made_by: str) -> list[Any]:
    lines = _text(folder, name, made_by).split("\n")
    again = f"orca2 {made_by} {folder} --redo"
    return [_parse(line, f"{name}:{n} in {folder}", again) for n, line in enumerate(lines, 1) if line]


def _text(folder: Path, name: str, made_by: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise RunError(f"{name} is missing in {folder}; run: orca2 {made_by} {folder}") from None


def _parse(text: str, where: str, again: str) -> Any:
    try:
        return _clean(json.loads(text))
    except json.JSONDecodeError as error:
        raise RunError(f"{where} is not valid JSON: {error}; remake it: {again}") from None


def _clean(value: Any) -> Any:
    """The same data, each unprintable character of its text shown as U+FFFD."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value
