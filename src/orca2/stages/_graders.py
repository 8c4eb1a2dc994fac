"""Which grader reads the answers of which family, with what options, and why: settled before anything is asked."""

import importlib.util
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2.core.records import FamilyReaders
from orca2.core.types import Task
from orca2.data.row import Row
from orca2.errors import DataError, missing_extra
from orca2.files import located
from orca2.graders import load_grader, math, options_for, reads_with
from orca2.key_types import Options
from orca2.sections import Tasks

_SHOWN = 12  # families that the terminal lists one by one


class Graders:
    """The graders of a recipe, by family."""

    def __init__(self, spec: Tasks, base: Path) -> None:
        self._spec, self._base = spec, base
        self._targets: dict[str, list[str]] = {}
        self._made: dict[str, tuple[str, Options]] = {}
        for key, family in (("tasks.grader", ""), *((f"tasks.graders.{name}", name) for name in spec.graders)):
            name, options = spec.grader_of(family)
            load_grader(name, options, base, key)  # a wrong name or option is said before a row is read

    def shown(self, rows: list[Row]) -> list[Row]:
        """The rows as they are, their gold answers noted: they show a family's labels and decimal mark."""
        targets: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            targets[self._spec.family_of.get(row.prompt, row.family)].append(row.target)
        self._targets = targets
        return rows

    def of(self, row: Row) -> tuple[str, Options]:
        """The grader of a row and its options, those that the gold answers of its family show among them."""
        family = row.family
        if family not in self._made:
            name, options = self._spec.grader_of(family)
            options = options_for(name, options, self._targets.get(family, []), self._base)
            self._made[family] = (str(located(name, self._base).resolve()) if name.endswith(".py") else name), options
        name, options = self._made[family]
        return ("alternatives", {}) if row.any_of and name == "auto" else (name, options)


def readers(tasks: Sequence[Task], spec: Tasks) -> dict[str, FamilyReaders]:
    """Who reads each family; DataError where that takes an extra which is not installed."""
    found: dict[str, FamilyReaders] = {}
    needed = 0
    by_family: dict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_family[task.family].append(task)
    for family, members in sorted(by_family.items()):
        counts = Counter(map(reads_with, members))
        needed += sum(math.needs_extra(task.target) for task in members if reads_with(task) == "math")
        key = f"tasks.graders.{family}" if family in spec.graders else "tasks.grader"
        why = f"{key} = {members[0].grader}"
        if any(member.grader != members[0].grader for member in members):
            why = f"{key} = auto, by gold answer: a list of them goes to alternatives"
        elif members[0].grader == "auto":
            why += ", picked by gold answer and question"
        found[family] = FamilyReaders(
            read_by=dict(counts.most_common()), options=dict(members[0].grader_options), why=why
        )
    if needed and importlib.util.find_spec("math_verify") is None:
        raise DataError(
            f"tasks: {needed} gold answers can be compared with an extra only: {missing_extra('math-verify', 'math')}"
        )
    return found


def lines(readers: Mapping[str, FamilyReaders]) -> Iterator[str]:
    """Who reads what, for the terminal: families that are read alike in one line."""
    alike: dict[str, list[str]] = defaultdict(list)
    for family, row in readers.items():
        options = "".join(f", {key} {_listed(value)}" for key, value in row.options.items())
        graders = ", ".join(row.read_by)
        alike[f"read by {graders}{options} ({row.why})"].append(f"{family} {sum(row.read_by.values())}")
    for said, families in alike.items():
        more = f" and {len(families) - _SHOWN} more" if len(families) > _SHOWN else ""
        yield f"{', '.join(families[:_SHOWN])}{more}: {said}"


def _listed(value: Any) -> str:
    return "/".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
