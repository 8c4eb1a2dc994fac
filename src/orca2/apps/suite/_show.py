"""What the terminal says of a suite."""

from collections.abc import Sequence

from rich.table import Table

from orca2.apps.suite._types import GradedBenchmark, Ratings, SuiteComparison, SuiteResult
from orca2.core.comparing import UNREADABLE
from orca2.progress import console
from orca2.reporting import formats, tables


def show(result: SuiteResult) -> None:
    if result.graded:
        console.print(_graded(result.model, result.graded))
    for entry in result.rated:
        for system, row in entry.systems.items():
            console.print(f"  {entry.title}, {formats.system_message(system)}: {rating(row)}", soft_wrap=True)
    for benchmark in result.benchmarks:
        if benchmark.in_domain and benchmark.in_domain.in_domain:
            console.print(f"  {benchmark.title} is in-domain: {benchmark.in_domain}", soft_wrap=True)
    for skipped in result.skipped:
        console.print(f"  not run: {skipped.why}", soft_wrap=True)
    if result.comparison:
        _compared(result.comparison)


def rating(row: Ratings) -> str:
    """A rated benchmark as a phrase."""
    if not row.rated:
        return f"none of {row.items} answers was rated"
    text = f"{row.rating:.2f} of 10 ({row.low:.2f} to {row.high:.2f}), {row.rated} of {row.items} rated"
    if row.held:
        low_high = formats.interval(row.made_up_low, row.made_up_high)
        text += f"; made something up in {formats.percent(row.made_up, row.held)} ({low_high})"
    return text


def _graded(model: str, entries: Sequence[GradedBenchmark]) -> Table:
    seen = [name for name in UNREADABLE if any(getattr(s, name) for e in entries for s in e.systems.values())]
    table = Table(title=f"{model}, greedy, 95 % intervals", title_justify="left")
    for heading in ("benchmark", "system"):
        table.add_column(heading, overflow="fold")
    for heading in ("accuracy", "chance", "format OK", *seen, "tokens", "items"):
        table.add_column(heading, no_wrap=True)
    for entry in entries:
        for system, row in entry.systems.items():
            n = row.items
            table.add_row(
                entry.title, system,
                tables.beside(f"{row.accuracy:.1%}", f"{row.accuracy_low:.1%}-{row.accuracy_high:.1%}"),
                f"{row.chance:.1%}", f"{row.format_ok / n:.0%}", *(f"{getattr(row, name) / n:.1%}" for name in seen),
                f"{row.tokens:.1f}", str(n),
            )  # fmt: skip
    return table


def _compared(comparison: SuiteComparison) -> None:
    for system, found in comparison.systems.items():
        under = formats.system_message(system)
        if found.graded:
            title = f"minus {comparison.against}, {under}: paired bootstrap, exact McNemar, Holm"
            console.print(tables.differences(title, found.graded))
        for row in found.preferred:
            split = row.items - row.ours - row.theirs
            console.print(
                f"  {row.family}, {under}: the judge prefers ours {row.ours}, theirs"
                f" {row.theirs}, neither or by the order {split} of {row.items}, p = {row.p:.2g}"
            )
