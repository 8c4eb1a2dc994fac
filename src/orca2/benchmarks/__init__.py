"""From the name of a benchmark to its items: tasks with what the suite needs beside them, gold answers checked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.benchmarks._rows import data_files, from_files, from_hub
from orca2.benchmarks._suites import SUITES
from orca2.core.benchmark import Benchmark, Question
from orca2.core.types import Task
from orca2.errors import DataError, RecipeError
from orca2.graders import rejected_gold

__all__ = [
    "SUITES", "Item", "Loaded", "benchmark_names", "data_files", "load_benchmark", "load_module", "short_name",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a benchmark; `task.family` is the benchmark's name, `task.id` says benchmark, subset and row."""

    task: Task
    subset: str
    chance: float
    cluster: str | None = None
    follow_ups: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`rows` counts all questions there are, `items` are those taken; `rejected` those whose gold answer its own
    grader does not pass, as (id, why)."""

    name: str
    benchmark: Benchmark
    rows: int
    items: tuple[Item, ...]
    rejected: tuple[tuple[str, str], ...]


def benchmark_names(suite: str) -> list[str]:
    """The benchmarks of a suite, or of a list of names and `.py` files with commas."""
    found: list[str] = []
    for name in (part.strip() for part in suite.split(",")):
        if not name:
            continue
        if name not in SUITES and not name.endswith(".py") and "." not in name:
            known = sorted([*SUITES, *plugins.names("benchmarks")])
            if name not in known:
                near = plugins.suggest(name, known)
                raise RecipeError(f"--benchmarks: no {name!r}{near}; suites and benchmarks: {', '.join(known)}")
        found += SUITES.get(name, (name,))
    if not found:
        raise RecipeError("--benchmarks: names no benchmark; give orca2, or names such as gsm8k,bbh")
    return list(dict.fromkeys(found))


def load_module(name: str, base: Path = Path()) -> Any:
    found: Any = plugins.get("benchmarks", name, base)
    if not isinstance(getattr(found, "BENCHMARK", None), Benchmark) or not hasattr(found, "questions"):
        raise RecipeError(f"--benchmarks: {name} has no BENCHMARK or no questions(row, subset); see docs/suite.md")
    return found


def short_name(name: str) -> str:
    """What a benchmark is called in answers and pages: a path by the file's name."""
    return Path(name).stem if name.endswith(".py") else name.rpartition(".")[2]


def load_benchmark(name: str, data: Path | None, limit: int = 0) -> Loaded:
    """The items of a benchmark, all or `limit` of them: drawn by a hash, as many of each subset as may be."""
    plugin = load_module(name)
    benchmark: Benchmark = plugin.BENCHMARK
    raw = list(from_files(benchmark, data) if data else from_hub(benchmark.title, benchmark.hub))
    if not raw:
        raise DataError(f"{benchmark.title}: no file {' or '.join(benchmark.files[:2])} in {data}; see docs/suite.md")
    if hasattr(plugin, "join"):
        raw = [(raw[0][0], "", row) for row in plugin.join([row for _, _, row in raw])]
    items: list[Item] = []
    seen: dict[str, int] = {}
    for where, subset, row in raw:
        try:
            asked: list[Question] = list(plugin.questions(row, subset))
        except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
            what = f"no column {error}" if isinstance(error, KeyError) else str(error)
            columns = ", ".join(map(str, row))[:160]
            raise DataError(
                f"{where}: not a row of {benchmark.title} ({what}); columns here: {columns}; see docs/suite.md"
            ) from None
        for question in asked:
            part = question.subset or subset
            seen[part] = seen.get(part, 0) + 1
            items.append(_item(short_name(name), part, seen[part], question))
    taken = _drawn(items, limit)
    rejected = [(item.task.id, why) for item in taken if (why := _gold(item.task, benchmark))]
    if benchmark.measure == "graded" and taken and len(rejected) == len(taken):
        raise DataError(f"{benchmark.title}: no gold answer passes its own grader; the first: {rejected[0][1]}")
    return Loaded(short_name(name), benchmark, len(items), tuple(taken), tuple(rejected))


def _item(name: str, subset: str, number: int, question: Question) -> Item:
    identity = "/".join(filter(None, (name, subset, str(number))))
    task = Task(identity, name, question.prompt, question.target, question.grader, "test")
    return Item(
        task, subset, question.chance, question.cluster, question.follow_ups, question.references, question.source
    )


def _drawn(items: Sequence[Item], limit: int) -> list[Item]:
    """One of each subset in turn until there are enough; a smaller limit takes a part of a larger one's."""
    if not limit or limit >= len(items):
        return list(items)
    by_subset: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: hashlib.sha256(item.task.id.encode()).digest()):
        by_subset.setdefault(item.subset, []).append(item)
    ranked = sorted(
        ((rank, subset, item) for subset, some in by_subset.items() for rank, item in enumerate(some)),
        key=lambda row: row[:2],
    )
    kept = {item.task.id for _, _, item in ranked[:limit]}
    return [item for item in items if item.task.id in kept]


def _gold(task: Task, benchmark: Benchmark) -> str | None:
    return rejected_gold(task) if benchmark.measure == "graded" else None
