"""Tables for the terminal: accuracy never stands alone, and a difference never without its interval."""

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from orca2.core.comparing import UNREADABLE, power
from orca2.core.records import TotalAgreement
from orca2.core.results import Comparison, Result

WHOLE = 9  # characters of a name that stay on one line: "explained"


def accuracy(
    title: str,
    headings: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Result]],
    measure: str = "accuracy",
) -> Table:
    """Results, each under its own names; unreadable outcomes where there are any. `measure` is what the share of right
    answers is called, by what they are held against."""
    seen = [name for name in UNREADABLE if any(getattr(row, name) for _, row in rows)]
    longest = [max((len(names[column]) for names, _ in rows), default=0) for column in range(len(headings))]
    table = _table(title, dict(zip(headings, longest, strict=True)), (measure, "format OK", *seen, "tokens", "items"))
    for names, row in rows:
        table.add_row(
            *names,
            beside(f"{row.correct / row.items:.1%}", f"{row.low:.1%}-{row.high:.1%}"),
            f"{row.format_ok / row.items:.0%}",
            *(f"{getattr(row, name) / row.items:.1%}" for name in seen),
            f"{row.tokens:.1f}",
            str(row.items),
        )
    return table


def beside(figure: str, interval: str, rest: str = "") -> Text:
    """A figure, and less bright how far it can be trusted."""
    return Text.assemble(f"{figure} ", (interval, "dim"), rest)


def differences(title: str, rows: Iterable[Comparison]) -> Table:
    """Comparisons, one a family."""
    table = _table(title, {"family": WHOLE}, ("items", "points", "95 % interval", "gained", "lost", "p", "p, Holm"))
    for row in rows:
        ps = (f"{row.p:.2g}", "" if row.family == "all" else f"{row.p_holm:.2g}")
        points = (f"{row.difference:+.1f}", _interval(row))
        table.add_row(row.family, str(row.items), *points, str(row.gained), str(row.lost), *ps)
    return table


def difference(row: Comparison) -> str:
    """One comparison as a phrase, with what it could not have shown."""
    said = f"{row.difference:+.1f} points ({_interval(row)}), p = {row.p:.2g}"
    return f"{said}; {weak}" if (weak := power(row)) else said


def agreement(row: TotalAgreement) -> str:
    """How many answers are built as the chosen strategies build them, and of how many families that cannot be told."""
    left_out = row.of - row.families
    note = f"; {left_out} of {row.of} families left out, where strategies cannot be told apart" if left_out else ""
    if not row.items:
        return f"not known{note}"
    return f"{row.agreeing / row.items:.1%} ({row.low:.1%}-{row.high:.1%}) of {row.items} answers{note}"


def _interval(row: Comparison) -> str:
    return f"{row.low:+.1f} to {row.high:+.1f}"


def _table(title: str, names: Mapping[str, int], numbers: Iterable[str]) -> Table:
    """`names` are headings with the longest name below each. A long name folds, so that a number never loses a digit; a
    short one stays whole."""
    table = Table(title=title, title_justify="left")
    for heading, longest in names.items():
        table.add_column(heading, overflow="fold", min_width=min(longest, WHOLE))
    for heading in numbers:
        table.add_column(heading, no_wrap=True)
    return table
