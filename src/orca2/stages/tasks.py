"""tasks: rows of a source become tasks, split by content hash, their gold answers checked.

All tasks of a conversation are in one split: the hash that decides is that of the user's first turn. A system message
does not count, so that one question under several of them is in one split, too."""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.core.identity import conversation_id
from orca2.core.ngrams import CONTAMINATED, WORDS, between_splits
from orca2.core.records import DroppedRows, RowCounts, TaskCounts
from orca2.core.splitting import SPLITS, split_of
from orca2.core.transcript import length
from orca2.core.types import Split, Task
from orca2.data.row import Row, Source
from orca2.data.shapes import Say
from orca2.errors import DataError, RecipeError, RowError
from orca2.files import located
from orca2.graders import rejected_gold
from orca2.progress import console
from orca2.recipe import Recipe
from orca2.run import labelled
from orca2.run.folder import RunFolder
from orca2.run.stage import StageResult
from orca2.run.tasks import check_cluster
from orca2.stages import _changes, _families, _graders

PATIENCE = 2_000  # draws in a row that add nothing before an endless source counts as dry


def inputs(folder: RunFolder) -> Iterator[tuple[str, Path]]:
    """The local files that the source reads, each with the key that names it."""
    spec = folder.recipe.tasks
    source = plugins.get("sources", spec.source, folder.base)
    if hasattr(source, "files"):
        for option, paths in source.files(folder.base, spec.options).items():
            yield from ((f"tasks.options.{option}", path) for path in paths)
    if spec.labels is not None:
        yield "tasks.audit", located(spec.labels.path, folder.base)


def run(folder: RunFolder) -> StageResult:
    kept, counts = gather(folder)
    check_cluster([task for task in kept if task.split == "test"], folder.recipe.evaluate.cluster_by)
    families: dict[str, dict[Split, int]] = {}
    for task in kept:
        families.setdefault(task.family, dict.fromkeys(SPLITS, 0))[task.split] += 1
    for line in _changes.lines(_changes.before(folder), kept):
        _say(line)
    folder.write_rows("tasks.jsonl", kept)
    repeated = _overlap(kept)
    if any(repeated.values()):
        console.print(f"  see them side by side: orca2 overlap {folder.path}", soft_wrap=True)
    readers = _graders.readers(kept, folder.recipe.tasks)
    folder.write_json(
        "tasks.json",
        TaskCounts(
            rows=counts.rows,
            further=counts.further,
            duplicates=counts.duplicates,
            unused=counts.unused,
            dropped=counts.dropped,
            families=families,
            overlap=repeated,
            graders=readers,
        ),
    )
    for line in _graders.lines(readers):
        console.print(f"  {line}", soft_wrap=True, markup=False)
    if len(families) == 1 and folder.recipe.tasks.group == "given":
        console.print('  all tasks are of one family; tasks.group = "found" looks for families among them')
    rows = labelled.labelled(folder, kept)
    if rows:
        folder.write_rows(labelled.FILE, rows)
    grouped = (_families.NAMES, _families.MODEL) if folder.recipe.tasks.group == "found" else ()
    message = f"{len(kept):,} tasks of {len(families)} families"
    more = (labelled.FILE,) if rows else ()
    return StageResult(message, files=("tasks.jsonl", "tasks.json", *more, *grouped))


def gather(folder: RunFolder) -> tuple[list[Task], RowCounts]:
    """The tasks of a recipe, at most `limits` a family and split, and what was not used and why. DataError if a run
    could not use them."""
    kept, counts, families = collect(folder, _say)
    for line in dropped_lines(counts):
        _say(line)
    check(folder.recipe, kept, families)
    return kept, counts


def collect(folder: RunFolder, say: Say) -> tuple[list[Task], RowCounts, set[str]]:
    """The same, whatever a run could do with them, and all families of the rows; `say` is told what the source says."""
    base, spec = folder.base, folder.recipe.tasks
    source: Any = plugins.get("sources", spec.source, base)
    dropped = Dropped(spec.bad_rows == "drop", base)
    rows = _rows(folder, source, dropped, say)
    graders = _graders.Graders(spec, base)
    if not source.ENDLESS:
        rows = iter(graders.shown(list(rows)))
    by_hand = set(spec.family_of)
    first: dict[str, Row] = {}
    families: set[str] = set()
    filled: Counter[tuple[str, Split]] = Counter()
    kept: list[Task] = []
    duplicates = unused = further = idle = 0
    for row in rows:
        identity = row.task_id
        if named := spec.family_of.keys() & {identity, row.prompt}:
            row = replace(row, family=spec.family_of[min(named)])
            by_hand -= named
        families.add(row.family)
        if spec.families and row.family not in (*spec.families, *spec.held_out):
            continue
        further += row.further
        idle += 1
        if source.ENDLESS and idle > PATIENCE:
            break
        known = first.setdefault(identity, row)
        if known is not row and known.target == row.target and known.split == row.split:
            duplicates += 1
            continue
        split: Any = row.split or split_of(conversation_id(row.prompt, row.history), spec.splits.ranges())
        gold = row.gold or ("given" if row.target else spec.gold_of(row.family))
        if gold == "given" and not row.target:
            dropped(RowError("no target", f"{row.where}: no target; add it, or say what decides: tasks.gold"))
            continue
        grader, options = graders.of(row, gold)
        target = "" if gold == "agreed" else row.target
        task = Task(
            identity, row.family, row.prompt, target, grader, split, row.fields, options, gold,
            system=row.system, history=row.history,
        )  # fmt: skip
        problem = _conflict(row, known) or _unusable(row, task, spec.max_prompt_chars) or _gold(task)
        if problem:
            dropped(RowError(problem[0], f"{row.where}: {' '.join(problem)}"))
        elif row.family in spec.held_out and split != "test":
            unused += 1
        elif split in SPLITS and filled[row.family, split] < getattr(spec.limits, split):
            filled[row.family, split] += 1
            kept.append(task)
            idle = 0
        else:
            unused += 1
    counts = RowCounts(
        rows=len(kept) + duplicates + unused + dropped.count - further,
        further=further,
        duplicates=duplicates,
        unused=0 if source.ENDLESS else unused,
        dropped=dropped.kinds,
    )
    if by_hand:
        raise DataError(f"tasks.family_of: no task {min(by_hand)[:60]!r}; give a task's id or its whole prompt")
    return sorted(kept, key=lambda task: (task.family, task.split, task.id)), counts, families


class Dropped:
    """The rows that cannot be used, by what is wrong with them: how many, and the first of each. DataError at the first
    of all unless they may be dropped."""

    def __init__(self, allowed: bool, base: Path) -> None:
        self._allowed, self._base = allowed, base
        self.kinds: dict[str, DroppedRows] = {}

    def __call__(self, error: RowError) -> None:
        if not self._allowed:
            raise DataError(f'{error} (to count such rows instead: tasks.bad_rows = "drop")') from None
        first = str(error).removeprefix(f"{self._base}{os.sep}")  # the same wherever the files lie
        known = self.kinds.get(error.kind, DroppedRows(rows=0, first=first))
        self.kinds[error.kind] = replace(known, rows=known.rows + 1)

    @property
    def count(self) -> int:
        return sum(found.rows for found in self.kinds.values())


def rows_read(counts: RowCounts) -> str:
    """How many rows there are, and tasks in them beyond one a row."""
    return f"{counts.rows:,} rows read" + (f" with {counts.further:,} further answers" if counts.further else "")


def dropped_lines(counts: RowCounts) -> Iterator[str]:
    """How many rows cannot be used, and the first, for each thing that is wrong with them."""
    for kind, found in counts.dropped.items():
        count = f"{found.rows:,} {'row' if found.rows == 1 else 'rows'}"
        yield f"dropped {count}, {kind}; the first: {' '.join(found.first.split())}"


def _rows(folder: RunFolder, source: Source, dropped: Dropped, say: Say) -> Iterator[Row]:
    spec = folder.recipe.tasks
    given = {"seed": folder.recipe.drawn_with, "base": folder.base, "bad_row": dropped, "say": say}
    given["without_target"] = spec.gold != "given" or bool(spec.golds)
    rows: Iterator[Row] = plugins.call("tasks.options", source.load, spec.options, **given)
    if spec.group == "given":
        return rows
    if source.ENDLESS:
        raise RecipeError(f'tasks.group: {spec.source!r} has no end and names its families; use tasks.group = "given"')
    return iter(_families.found(folder, list(rows)))


def _say(line: str) -> None:
    console.print(f"  {line}", soft_wrap=True, markup=False)


def _overlap(kept: list[Task]) -> dict[str, int]:
    """For each pair of splits, how many tasks of the second nearly repeat one of the first; said if any do."""
    counts: dict[str, int] = {}
    for (first, second), matches in between_splits(kept).items():
        counts[f"{first}/{second}"] = found = sum(match.contaminated for match in matches)
        if found:
            share = f"{CONTAMINATED:.0%} or more of their {WORDS}-word n-grams"
            console.print(f"  {found} of {len(matches)} {second} tasks nearly repeat the {first} split ({share})")
    return counts


Problem = tuple[str, str]  # what is wrong, the same for every such row; and the details with the next step


def _conflict(row: Row, known: Row) -> Problem | None:
    if known is row:
        return None
    if known.split != row.split:
        return "same prompt in two splits", f"({row.split} here, {known.split} at {known.where}); keep it in one"
    return (
        "same prompt, other target",
        f"({row.target[:40]!r}, but {known.target[:40]!r} at {known.where}); correct one",
    )


def _unusable(row: Row, task: Task, most: int) -> Problem | None:
    if row.split is not None and row.split not in SPLITS:
        return "unknown split", f"{row.split!r}; use one of: {', '.join(SPLITS)}"
    if (asked := length(task.messages)) > most:
        limit = f"of {asked:,} characters, tasks.max_prompt_chars is {most:,}; shorten it or raise the limit"
        return "prompt too long", limit
    return None


def _gold(task: Task) -> Problem | None:
    if task.gold != "given":
        return None
    why = rejected_gold(task)
    if why is None:
        return None
    return f"target rejected by its own grader {task.grader!r}", f"({why}); correct the target or set tasks.grader"


def check(recipe: Recipe, kept: list[Task], families: set[str]) -> None:
    """DataError for families that no row is of, and for those without a task in some split."""
    named, held_out = recipe.tasks.families, set(recipe.tasks.held_out)
    for key, names in (("families", named), ("held_out", held_out)):
        if unknown := set(names) - families:
            near = plugins.suggest(min(unknown), sorted(families))
            raise DataError(
                f"tasks.{key}: no row of {min(unknown)!r}{near}; families here: {', '.join(sorted(families))}"
            )
    for key in ("graders", "golds", "checks", "rubrics"):
        if unknown := set(getattr(recipe.tasks, key)) - families:
            near = plugins.suggest(min(unknown), sorted(families))
            raise DataError(
                f"tasks.{key}: no row of {min(unknown)!r}{near}; families here: {', '.join(sorted(families))}"
            )
    if not kept:
        raise DataError("tasks: no usable row; check tasks.options and tasks.splits, and what is said of dropped rows")
    _graders.check_golds(recipe, kept)
    have = {(task.family, task.split) for task in kept}
    if not (set(named) or families) - held_out:
        raise DataError("tasks.held_out: every family is held out, so none is left to learn from; leave some")
    for family in sorted((set(named) or families) | held_out):
        for split in SPLITS if family not in held_out else SPLITS[-1:]:
            if (family, split) not in have:
                raise DataError(
                    f"tasks: family {family!r} has no task in the {split} split; add rows or widen tasks.splits.{split}"
                )
