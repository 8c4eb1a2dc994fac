"""Progress of long work: a bar with rate and time left on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

# no markup and no emoji: a name such as "study [v2]" or ":bug:" is shown as it is
console = Console(stderr=True, highlight=False, markup=False, emoji=False, width=None if sys.stderr.isatty() else 110)
LINE_EVERY = 15.0  # seconds between lines where there is no terminal


class Advance(Protocol):
    """n more units are done; `note` stands in the place of their rate."""

    def __call__(self, n: int, note: str = "") -> None: ...


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.fields["note"] or f"{task.speed or 0:,.1f} {task.fields['unit']}/s", style="dim")


@contextmanager
def track(label: str, total: int, unit: str) -> Iterator[Advance]:
    """Yields `advance(n, note)`: n more units of `total` are done."""
    if console.is_terminal:
        columns = (
            TextColumn("  {task.description:<26}", markup=False),
            BarColumn(30),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        )
        with Progress(*columns, _Rate(), TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bar:
            task = bar.add_task(label, total=total, unit=unit, note="")

            def advance(n: int, note: str = "") -> None:
                bar.update(task, advance=n, note=note)

            yield advance
    else:
        yield _lines(label, total, unit)


def _lines(label: str, total: int, unit: str) -> Advance:
    started = said = time.monotonic()
    done = 0

    def advance(n: int, note: str = "") -> None:
        nonlocal done, said
        done += n
        now = time.monotonic()
        if now - said >= LINE_EVERY or done >= total > 0:
            rate = done / max(now - started, 1e-9)
            left = max(total - done, 0) / rate if rate else 0.0
            print(
                f"  {label}: {done:,}/{total:,} {unit}, {note or f'{rate:,.1f}/s'}, {left:,.0f} s left",
                file=sys.stderr,
                flush=True,
            )
            said = now

    return advance
