"""data: what would become of a file of rows, before any recipe exists."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from orca2.core.splitting import SPLITS
from orca2.core.transcript import length, transcript
from orca2.core.types import Gold, Task
from orca2.errors import RecipeError
from orca2.graders import reads_with
from orca2.recipe import check as check_recipe
from orca2.run.folder import RunFolder
from orca2.stages.tasks import check, collect, dropped_lines, rows_read

SHOWN = 10  # tasks
_DECIDES: Mapping[Gold, str] = {
    "given": "",
    "agreed": "no answer: teachers have to agree on one",
    "checked": "no answer: a check decides",
    "judged": "no answer: a judge decides",
}
HEAD, TAIL = 160, 60  # characters of a text that are shown


def data(path: Path, overrides: Sequence[str] = ()) -> None:
    """Print the shape of a file's rows, families with their splits and graders, ten tasks, and what is dropped and why.

    `overrides` are keys of `[tasks]`. Nothing is written. DataError at the end if a run could not use the tasks.
    """
    if other := [text for text in overrides if not text.startswith("tasks.")]:
        raise RecipeError(f"data takes keys of [tasks], not {other[0]!r}; for instance tasks.options.shape=messages")
    made = {
        "name": "data",
        "tasks": {"source": "jsonl", "options": {"path": str(path)}, "bad_rows": "drop"},
        "student": {"model": "none"},
        "teacher": {"model": "scripted", "temperature": 1.0},
        "judge": {"model": "scripted"},  # nobody is asked; whether a recipe names one is not the rows' business
    }
    recipe = check_recipe(made, "data", overrides)
    out = Console(highlight=False, markup=False, emoji=False, width=None if Console().is_terminal else 120)
    with TemporaryDirectory() as nowhere:
        folder = RunFolder(Path(nowhere), recipe, Path(), {"stages": {}})
        tasks, counts, families = collect(folder, lambda line: out.print(line, soft_wrap=True))
    if tasks:
        out.print(_families(tasks))
    out.print(f"{rows_read(counts)}, {counts.duplicates:,} duplicates, {counts.unused:,} over a limit or in no split")
    for line in (*dropped_lines(counts), *_examples(tasks)):
        out.print(line, soft_wrap=True)
    if counts.dropped:
        out.print('a run stops at the first row that it cannot use; tasks.bad_rows = "drop" counts them as here')
    check(recipe, tasks, families)


def _families(tasks: Sequence[Task]) -> Table:
    table = Table(title="tasks", title_justify="left")
    table.add_column("family", overflow="fold")
    table.add_column("read by", overflow="fold")
    for heading in (*SPLITS, "characters of a prompt", "of a target"):
        table.add_column(heading, justify="right")
    for family in sorted({task.family for task in tasks}):
        own = [task for task in tasks if task.family == family]
        splits = Counter(task.split for task in own)
        lengths = (median(sizes) for sizes in ([length(t.messages) for t in own], [len(t.target) for t in own]))
        graders = ", ".join(f"{name} {count:,}" for name, count in Counter(map(reads_with, own)).most_common())
        table.add_row(
            family, graders, *(f"{splits[split]:,}" for split in SPLITS), *(f"{length:,.0f}" for length in lengths)
        )
    return table


def _examples(tasks: Sequence[Task]) -> Iterator[str]:
    """Some tasks of all splits, drawn by the end of the hash that their id is: its beginning decides the split."""
    for task in sorted(tasks, key=lambda task: task.id[::-1])[:SHOWN]:
        yield f"{task.family}, {task.split}, {reads_with(task)}: {_brief(transcript(task.before, task.prompt))}"
        yield f"  -> {_brief(task.target)}" if task.target else f"  {_DECIDES[task.gold]}"


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= HEAD + TAIL else f"{line[:HEAD]} [...] {line[-TAIL:]}"
