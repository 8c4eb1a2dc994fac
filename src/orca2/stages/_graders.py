"""Which grader reads the answers of which family, with what options, and why: settled before anything is asked.

What a task is held against where its row gives no answer (`tasks.gold`) settles it with the rest.
"""

import importlib.util
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.core.records import FamilyReaders
from orca2.core.types import Gold, Task
from orca2.data.row import Row
from orca2.errors import DataError, missing_extra
from orca2.files import located
from orca2.graders import grade, load_grader, math, options_for, reads_with
from orca2.key_types import Options
from orca2.reading.grader import ReadsAnswers, TextGrader
from orca2.recipe import Recipe
from orca2.tasks_section import Tasks

_SHOWN = 12  # families that the terminal lists one by one


class Graders:
    """The graders of a recipe, by family."""

    def __init__(self, spec: Tasks, base: Path) -> None:
        self._spec, self._base = spec, base
        self._targets: dict[str, list[str]] = {}
        self._made: dict[tuple[str, Gold], tuple[str, Options]] = {}
        for key, family in (("tasks.grader", ""), *((f"tasks.graders.{name}", name) for name in spec.graders)):
            name, options = spec.grader_of(family)
            load_grader(name, options, base, key)  # a wrong name or option is said before a row is read

    def shown(self, rows: list[Row]) -> list[Row]:
        """The rows as they are, their gold answers noted: they show a family's labels and decimal mark."""
        targets: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row.target:
                targets[self._spec.family_of.get(row.prompt, row.family)].append(row.target)
        self._targets = targets
        return rows

    def of(self, row: Row, gold: Gold) -> tuple[str, Options]:
        """The grader of a row and its options, those that the gold answers of its family show among them; DataError
        where the recipe does not say what an answer without a gold one is held against."""
        family = row.family
        if (family, gold) not in self._made:
            name, options = self._named(family, gold)
            options = options_for(name, options, self._targets.get(family, []), self._base)
            name = str(located(name, self._base).resolve()) if name.endswith(".py") else name
            if gold == "agreed":
                self._check_reads(family, name, options)
            self._made[family, gold] = name, options
        name, options = self._made[family, gold]
        return ("alternatives", {}) if row.any_of and name == "auto" else (name, options)

    def _named(self, family: str, gold: Gold) -> tuple[str, Options]:
        """What the recipe names for it."""
        if gold == "checked":
            if not (check := self._spec.check_of(family)):
                raise DataError(f"tasks.check: {family!r} has checked tasks, and nothing checks them; {_say('check')}")
            return "check", check
        if gold == "judged":
            if not (rubric := self._spec.rubric_of(family)):
                raise DataError(f"tasks.rubric: {family!r} has judged tasks, and no rubric; {_say('rubric')}")
            return "judge", {"rubric": rubric}
        return self._spec.grader_of(family)

    def _check_reads(self, family: str, name: str, options: Options) -> None:
        """DataError for a grader that cannot read an answer where no gold one shows its type."""
        if not isinstance(load_grader(name, options), ReadsAnswers):
            raise DataError(
                f"tasks.grader: {family!r} has no golds to tell its type of answer from, and {name!r} cannot read one;"
                f' name one that can, as in tasks.graders.{family} = "number" ({", ".join(reading_alone())})'
            )


def check_golds(recipe: Recipe, tasks: Sequence[Task]) -> None:
    """DataError where golds of a kind that the recipe names are of no task, a judge is missing, or a check crashes."""
    ways = {task.gold for task in tasks}
    if (gold := recipe.tasks.gold) != "given" and ways == {"given"}:
        raise DataError(
            f"tasks.gold = {gold!r}, but every row has a target and so is given; leave the key out, map no target, or"
            f" give the rows a column gold that says {gold}"
        )
    if "judged" in ways and recipe.judge is None:
        raise DataError("tasks: some are judged, but no section [judge] says by whom; add it with model and options")
    for _, task in sorted({str(task.grader_options): task for task in tasks if task.gold == "checked"}.items()):
        tried = grade(task, "")
        if tried.outcome == "failed":
            raise DataError(f"tasks.check: {tried.why}; tried on an empty answer, of which it has to say no")


def reading_alone() -> list[str]:
    """The built-in graders that can read an answer where there is no gold one."""
    found = ((name, plugins.get("graders", name).load) for name in plugins.names("graders") if name != "check")
    return [name for name, load in found if isinstance(load, type) and issubclass(load, TextGrader)]


def _say(key: str) -> str:
    told = {"check": 'tasks.check = "./check.py", or a command', "rubric": 'tasks.rubric = "A good answer is ..."'}
    return f"say what does, as in {told[key]}, or tasks.{key}s.FAMILY for one family"


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
        if ways := {member.gold for member in members} - {"given"}:
            why = f"{key}; tasks.gold = {', '.join(sorted(ways))}"
        elif any(member.grader != members[0].grader for member in members):
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
