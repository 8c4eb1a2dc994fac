"""Which of several right answers to a task go on: those that are short enough, and the shortest of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from orca2.core.types import Demonstration

TOO_LONG = "too_long"  # right, and of more tokens than verify.max_tokens
LONGER = "longer"  # right, and longer than as many others to its task as go on


def narrow(
    right: Sequence[Demonstration], max_tokens: int | None, shortest: int | None
) -> tuple[list[Demonstration], Mapping[str, Counter[str]]]:
    """Those that go on, in their order, and why others do not, counted by family. Thoughts count as tokens; None
    sets no bound."""
    by_task: dict[str, list[Demonstration]] = defaultdict(list)
    left_out: dict[str, Counter[str]] = defaultdict(Counter)
    for shown in right:
        if max_tokens is not None and shown.completion.tokens_out > max_tokens:
            left_out[shown.family][TOO_LONG] += 1
        else:
            by_task[shown.task].append(shown)
    going_on: list[Demonstration] = []
    for rows in by_task.values():
        order = sorted(range(len(rows)), key=lambda place: rows[place].completion.tokens_out)
        places = sorted(order[:shortest])
        left_out[rows[0].family][LONGER] += len(rows) - len(places)
        going_on += [rows[place] for place in places]
    return going_on, {family: +reasons for family, reasons in left_out.items()}
