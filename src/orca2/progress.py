"""Progress of long work: a bar with rate and time left on a terminal, a line now and then elsewhere.

Where neither has anything to say for five seconds, a line says what is going on.
"""

import sys
import threading
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
QUIET = 5.0  # seconds after which something is said
SPARSER = (
    0.05  # of the time that the work has taken, if that is more: what takes a night is no log of ten thousand lines
)
_doing = ""
_bars = 0  # on a terminal: what moves by itself
_said = _moved = 0.0  # when the last line was, and when what lines count last moved


class Advance(Protocol):
    """n more units are done; `note` stands in the place of their rate."""

    def __call__(self, n: int, note: str = "") -> None: ...


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(task.fields["note"] or f"{task.speed or 0:,.1f} {task.fields['unit']}/s", style="dim")


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Names what goes on within, for a line if it takes long."""
    global _doing
    before, _doing = _doing, what
    try:
        yield
    finally:
        _doing = before


@contextmanager
def never_silent(label: str) -> Iterator[None]:
    """Lines that say what the work within is doing, and for how long, whenever nothing is said for `QUIET` seconds."""
    started, ended = time.monotonic(), threading.Event()
    _speak()

    def watch() -> None:
        while not ended.wait(QUIET / 10):
            still = time.monotonic() - _moved >= QUIET  # or the work says a line of its own
            if still and not _bars and not console.quiet and _is_time(started):
                console.print(f"  {_doing or f'{label}: at work'}, {time.monotonic() - started:,.0f} s", soft_wrap=True)
                _speak()

    watcher = threading.Thread(target=watch, name="orca2-progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _speak() -> None:
    global _said
    _said = time.monotonic()


def _is_time(started: float) -> bool:
    now = time.monotonic()
    return now - _said >= max(QUIET, SPARSER * (now - started))


@contextmanager
def track(label: str, total: int, unit: str) -> Iterator[Advance]:
    """Yields `advance(n, note)`: n more units of `total` are done."""
    if console.is_terminal:
        columns = (
            TextColumn("  {task.description:<26}", markup=False),
            BarColumn(30),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        )
        with _bar(), Progress(*columns, _Rate(), TimeElapsedColumn(), TimeRemainingColumn(), console=console) as bar:
            task = bar.add_task(label, total=total, unit=unit, note="")

            def advance(n: int, note: str = "") -> None:
                bar.update(task, advance=n, note=note)

            yield advance
    else:
        with doing(label):
            yield _lines(label, total, unit)


@contextmanager
def _bar() -> Iterator[None]:
    global _bars
    _bars += 1
    try:
        yield
    finally:
        _bars -= 1
        _speak()


def _lines(label: str, total: int, unit: str) -> Advance:
    started, done = time.monotonic(), 0
    _speak()

    def advance(n: int, note: str = "") -> None:
        global _moved
        nonlocal done
        done += n
        _moved = time.monotonic()
        if _is_time(started) or done >= total > 0:
            rate = done / max(time.monotonic() - started, 1e-9)
            left = max(total - done, 0) / rate if rate else 0.0
            print(
                f"  {label}: {done:,}/{total:,} {unit}, {note or f'{rate:,.1f}/s'}, {left:,.0f} s left",
                file=sys.stderr,
                flush=True,
            )
            _speak()

    return advance
