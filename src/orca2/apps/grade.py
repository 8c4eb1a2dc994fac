"""Grade answers that are there already, from a file or a run folder. Nothing is ever generated again."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2 import recipe as recipes
from orca2.asking.judging import Panel, load_panel, verdicts
from orca2.core.nouns import Completion, Task, Verdict
from orca2.core.statistics import wilson
from orca2.errors import DataError, RecipeError
from orca2.files import write_text
from orca2.runfolder import read_record
from orca2.sections import Judge
from orca2.sources._files import raw_rows
from orca2.sources._values import text as as_text


@dataclass(frozen=True, slots=True)
class _Row:
    """One answer to grade; `before` is the outcome that a run folder recorded, `group` its student and system."""

    id: str
    task: Task
    completion: Completion
    group: str = ""
    before: str = ""


def grade(path: Path, grader: str, out: Path | None, overrides: Sequence[str]) -> None:
    """Write one JSON line an answer (`id`, `verdict`, `answer`, `why`) in input order; a summary goes to stderr.

    `path` is a file with `target` and `response` (optional `id`, `question`, `finish_reason`), or a run folder,
    whose answers of the stage evaluate are graded. `overrides` are keys `judge.*` of a recipe.
    """
    plugins.get("graders", grader, Path())  # a wrong name is said before anything is read
    rows = _of_run(path, grader) if path.is_dir() else _of_file(path, grader)
    found = verdicts([row.task for row in rows], [row.completion for row in rows], False, _panel(overrides))
    lines = "".join(
        json.dumps(
            {"id": row.id, "verdict": verdict.outcome, "answer": verdict.answer, "why": verdict.why},
            ensure_ascii=False,
        )
        + "\n"
        for row, verdict in zip(rows, found, strict=True)
    )
    if out is None:
        sys.stdout.write(lines)
        sys.stdout.flush()
    else:
        write_text(out, lines)
    for line in _summary(rows, found):
        print(line, file=sys.stderr)


def _of_file(path: Path, grader: str) -> list[_Row]:
    if not path.is_file():
        raise DataError(f"{path} does not exist; give a file of answers (.jsonl, .csv, .tsv, .parquet) or a run folder")
    rows = []
    for number, raw in raw_rows(path):
        where = f"{path}:{number}"
        text = {name: _text(raw, name, where) for name in ("target", "response")}
        if not text["target"].strip():
            raise DataError(f"{where}: the target is empty; give the gold answer")
        row = _row(str(raw.get("id", number)), raw, grader, text["target"], text["response"], where)
        rows.append(row)
    if not rows:
        raise DataError(f"{path} is empty; give a file with at least one row")
    return rows


def _of_run(folder: Path, grader: str) -> list[_Row]:
    if read_record(folder) is None:
        raise DataError(f"{folder} is not a run folder (no record.json); give one, or a file of answers")
    answers = folder / "answers.jsonl"
    if not answers.is_file():
        raise DataError(f"{answers} does not exist; run: orca2 evaluate {folder}")
    rows = []
    for number, raw in raw_rows(answers):
        group = f"{raw['student']}, {raw['system']}"
        identity = f"{raw['student']}/{raw['system']}/{raw['task']}"
        raw = {**raw, "question": raw["prompt"]}
        where = f"{answers}:{number}"
        rows.append(
            _row(identity, raw, grader, str(raw["target"]), str(raw["response"]), where, group, str(raw["outcome"]))
        )
    return rows


def _row(
    identity: str, raw: Mapping[str, Any], grader: str, target: str, response: str, where: str, *rest: str
) -> _Row:
    question = raw.get("question")
    reason: Any = raw.get("finish_reason") or "stop"
    if reason not in ("stop", "length", "error"):
        raise DataError(f"{where}: finish_reason is {reason!r}; use stop, length or error")
    task = Task(identity, "", "" if question is None else as_text(question), target, grader, "test")
    error = str(raw.get("error") or "the call failed") if reason == "error" else None
    return _Row(identity, task, Completion(response, reason, error=error), *rest)


def _text(raw: Mapping[str, Any], name: str, where: str) -> str:
    if raw.get(name) is None:
        columns = ", ".join(map(str, raw)) or "none"
        raise DataError(f"{where}: no column {name!r}; a row needs target and response; columns here: {columns}")
    value = raw[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _panel(overrides: Sequence[str]) -> Panel | None:
    """The judge that keys such as `judge.model=openai` name."""
    if not overrides:
        return None
    if wrong := [override for override in overrides if not override.startswith("judge.")]:
        raise RecipeError(
            f"grade takes keys of the section judge only, not {wrong[0]!r}; for instance judge.model=openai"
        )
    spec = recipes.section(Judge, "judge", overrides)
    return load_panel(Path(), spec.model_dump())


def _summary(rows: Sequence[_Row], found: Sequence[Verdict]) -> Iterator[str]:
    for group in dict.fromkeys(row.group for row in rows):
        pairs = [(row, verdict) for row, verdict in zip(rows, found, strict=True) if row.group == group]
        outcomes = Counter(verdict.outcome for _, verdict in pairs)
        total, correct = len(pairs), outcomes.pop("correct", 0)
        low, high = wilson(correct, total)
        readable = sum(verdict.format_ok for _, verdict in pairs)
        before = sum(row.before == "correct" for row, _ in pairs)
        yield (
            f"{f'{group}: ' if group else ''}{total:,} answers, {correct / total:.1%} correct"
            f" ({low:.1%} to {high:.1%}), {readable / total:.1%} in format"
            + "".join(f", {count} {outcome}" for outcome, count in sorted(outcomes.items()))
            + (f"; in the run {before / total:.1%} correct" if group else "")
        )
