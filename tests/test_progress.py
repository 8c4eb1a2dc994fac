"""What the terminal shows of names that look like markup."""

import io

import pytest
from rich.console import Console

from orca2 import progress
from orca2.core.types import Result
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
