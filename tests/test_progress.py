"""What the terminal shows of names that look like markup."""

import io
import time

import pytest
from rich.console import Console

from orca2 import progress
from orca2.core.results import Result
from orca2.reporting import tables

ODD = "study [v2] [/x] [bold]a[/bold] :bug:"


@pytest.mark.parametrize("terminal", [False, True])
def test_names_are_shown_as_they_are(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    shown = Console(
        file=(out := io.StringIO()), markup=progress.console._markup, emoji=progress.console._emoji, width=300,
        force_terminal=terminal, color_system=None,
    )  # fmt: skip
    monkeypatch.setattr(progress, "console", shown)
    with progress.track(ODD, 2, "rows") as advance:
        advance(2, ODD)
    row = Result(
        items=4,
        correct=2,
        format_ok=3,
        tokens=5.0,
        low=0.1,
        high=0.9,
        truncated=0,
        ambiguous=0,
        unextracted=0,
        failed=0,
    )
    progress.console.print(tables.accuracy(ODD, ("student",), [((ODD,), row)]))
    assert out.getvalue().count(ODD) >= (3 if terminal else 2)


def test_what_stands_still_says_what_it_is_doing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "QUIET", 0.05)
    monkeypatch.setattr(progress, "console", Console(file=(out := io.StringIO()), width=100))
    with progress.never_silent("train"), progress.doing("loading SmolLM2"):
        while out.getvalue().count("  loading SmolLM2, 0 s\n") < 2:
            time.sleep(0.01)
    silent = out.getvalue()
    with progress.never_silent("train"), progress.track("train: training", 10_000, "tokens") as advance:
        for _ in range(100):
            advance(1)
            time.sleep(0.002)
    said = capsys.readouterr().err
    assert 1 <= said.count("train: training: ") < 20, "what moves says its own lines"
    assert out.getvalue() == silent, "and no others"
    time.sleep(0.1)
    assert out.getvalue() == silent, "nothing is said when the work is over"


def test_lines_of_long_work_are_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    said = []
    progress._speak()
    while now < 36_000:
        now += 1
        if progress._is_time(0.0):
            said.append(now)
            progress._speak()
    assert said[:3] == [5, 10, 15] and len(said) < 150
