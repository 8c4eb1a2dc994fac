"""Grade answers that are there already, from a file or a run folder. Nothing is ever generated again.

What a judge, a recipe or a run folder takes is imported where there is one: most gradings start faster than that.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orca2.core.intervals import wilson
from orca2.core.keys import override
from orca2.core.types import Completion, Task, Verdict
from orca2.data.files import raw_rows
from orca2.data.messages import Asked, are_messages, last_asked
from orca2.data.values import text as as_text
from orca2.errors import DataError, RecipeError
from orca2.files import write_text
from orca2.graders import load_grader, options_for
from orca2.grading.verdicts import verdicts

if TYPE_CHECKING:
    from orca2.grading.judging import JudgeClient


@dataclass(frozen=True, slots=True)
class _Row:
    """One answer to grade; `before` is the outcome that a run folder recorded, `group` its student and system."""

    id: str
    task: Task
    completion: Completion
    group: str = ""
    before: str = ""


def grade(path: Path, grader: str, out: Path | None, overrides: Sequence[str]) -> None:
    """Write one JSON line an answer (`id`, `verdict`, `answer`, `where`, `grader`, `why`) in input order.

    A summary goes to stderr. `path` is a file with `target` and `response` (optional `id`, `question`, `family`,
    `finish_reason`), or a run folder, whose answers of the stage evaluate are graded. `overrides` are keys `grader.*`,
    the options of the grader, and `judge.*` of a recipe.
    """
    options = _options(overrides)
    load_grader(grader, options, Path(), "--grader")  # a wrong name or option is said before anything is read
    rows = _of_run(path, grader, options) if path.is_dir() else _of_file(path, grader, options)
    judge = [override for override in overrides if override.startswith("judge.")]
    found = verdicts([row.task for row in rows], [row.completion for row in rows], False, _judge_client(judge))
    lines = "".join(
        json.dumps(
            {"id": row.id, "verdict": verdict.outcome, "answer": verdict.answer, "where": verdict.where,
             "grader": verdict.grader, "why": verdict.why},
            ensure_ascii=False,
        )
        + "\n"
        for row, verdict in zip(rows, found, strict=True)
    )  # fmt: skip
    if out is None:
        sys.stdout.write(lines)
        sys.stdout.flush()
    else:
        write_text(out, lines)
    for line in [*_summary(rows, found), *_readers(rows, found)]:
        print(line, file=sys.stderr)


def _options(overrides: Sequence[str]) -> dict[str, Any]:
    """The grader's options among the overrides."""
    data: dict[str, Any] = {}
    for text in overrides:
        if text.startswith("grader."):
            override(data, text)
        elif not text.startswith("judge."):
            raise RecipeError(
                f"grade takes options of the grader and keys of the judge, not {text!r}; for instance"
                " grader.decimal=, or judge.model=openai"
            )
    found: dict[str, Any] = data.get("grader", {})
    return found


def _of_file(path: Path, grader: str, options: dict[str, Any]) -> list[_Row]:
    if not path.is_file():
        raise DataError(f"{path} does not exist; give a file of answers (.jsonl, .csv, .tsv, .parquet) or a run folder")
    rows = []
    for number, raw in raw_rows(path):
        where = f"{path}:{number}"
        target = _text(raw, "target", where)
        response = "" if "response" in raw and raw["response"] is None else _text(raw, "response", where)
        if not target.strip():
            raise DataError(f"{where}: the target is empty; give the gold answer")
        # a list of gold answers: any of them is right
        name = "alternatives" if grader == "auto" and isinstance(raw["target"], list) else grader
        rows.append(_row(str(raw.get("id", number)), raw, name, options, (target, response), where))
    if not rows:
        raise DataError(f"{path} is empty; give a file with at least one row")
    return _with_family_options(rows, options)


def _with_family_options(rows: list[_Row], options: dict[str, Any]) -> list[_Row]:
    """The rows with what the gold answers of their families show of how they are read."""
    targets: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        targets[row.task.family, row.task.grader].append(row.task.target)
    found = {
        (family, name): options_for(name, {} if name == "alternatives" else options, golds)
        for (family, name), golds in targets.items()
    }
    return [
        replace(row, task=replace(row.task, grader_options=shown))
        if (shown := found[row.task.family, row.task.grader])
        else row
        for row in rows
    ]


def _of_run(folder: Path, grader: str, options: dict[str, Any]) -> list[_Row]:
    from orca2.run.folder import read_record

    if read_record(folder) is None:
        raise DataError(f"{folder} is not a run folder (no record.json); give one, or a file of answers")
    answers = folder / "answers.jsonl"
    if not answers.is_file():
        raise DataError(f"{answers} does not exist; run: orca2 evaluate {folder}")
    rows = []
    for number, raw in raw_rows(answers):
        group = f"{raw['student']}, {raw['system']}"
        identity = f"{raw['student']}/{raw['system']}/{raw['task']}"
        before = raw.get("before")
        raw = {**raw, "question": [*before, {"role": "user", "content": raw["prompt"]}] if before else raw["prompt"]}
        where = f"{answers}:{number}"
        texts = (str(raw["target"]), str(raw["response"]))
        given = {**(raw.get("grader_options") or {}), **options} if raw.get("grader") == grader else options
        rows.append(_row(identity, raw, grader, given, texts, where, group, str(raw["outcome"])))
    return rows


def _row(
    identity: str,
    raw: Mapping[str, Any],
    grader: str,
    options: dict[str, Any],
    texts: tuple[str, str],
    where: str,
    *rest: str,
) -> _Row:
    target, response = texts
    question = raw.get("question")
    reason: Any = raw.get("finish_reason") or "stop"
    if reason not in ("stop", "length", "error"):
        raise DataError(f"{where}: finish_reason is {reason!r}; use stop, length or error")
    asked, family = _asked(question, where), str(raw.get("family") or "")
    task = Task(
        identity, family, asked.question, target, grader, "test", {}, options,
        system=asked.system, history=asked.history,
    )  # fmt: skip
    error = str(raw.get("error") or "the call failed") if reason == "error" else None
    return _Row(identity, task, Completion(response, reason, error=error), *rest)


def _asked(question: Any, where: str) -> Asked:
    """The question of an answer: a text, or messages of which it is the last."""
    if not are_messages(question):
        return Asked("", (), "" if question is None else as_text(question))
    try:
        return last_asked(question)
    except ValueError as error:
        raise DataError(f"{where}: question: {error}; give the messages up to the question, or its text") from None


def _text(raw: Mapping[str, Any], name: str, where: str) -> str:
    if raw.get(name) is None:
        columns = ", ".join(map(str, raw)) or "none"
        raise DataError(f"{where}: no column {name!r}; a row needs target and response; columns here: {columns}")
    value = raw[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _judge_client(overrides: Sequence[str]) -> JudgeClient | None:
    """The judge that keys such as `judge.model=openai` name."""
    if not overrides:
        return None
    from orca2 import recipe as recipes
    from orca2.grading.judging import load_judge_client
    from orca2.sections import Judge

    spec = recipes.section(Judge, "judge", overrides)
    return load_judge_client(Path(), spec.model_dump())


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


def _readers(rows: Sequence[_Row], found: Sequence[Verdict]) -> Iterator[str]:
    """Which grader read how many answers, with what options, and how many of them it could not read."""
    groups: dict[tuple[str, str, str], list[Verdict]] = defaultdict(list)
    for row, verdict in zip(rows, found, strict=True):
        shown = ", ".join(f"{key} {value}" for key, value in row.task.grader_options.items())
        groups[row.task.family, verdict.grader or row.task.grader, shown].append(verdict)
    for (family, grader, shown), verdicts_ in sorted(groups.items(), key=lambda group: -len(group[1])):
        unread = sum(verdict.outcome == "unextracted" for verdict in verdicts_)
        yield (
            f"  {f'{family}: ' if family else ''}{len(verdicts_):,} read by {grader}{f' ({shown})' if shown else ''}"
            + (f", {unread:,} unextracted" if unread else "")
        )
