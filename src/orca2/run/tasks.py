"""The tasks of a run, and the strategies that its recipe tries on them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from orca2 import plugins
from orca2.core.erasing import gives_away
from orca2.core.types import Split, Strategy, Task
from orca2.core.wording import erased_system
from orca2.errors import DataError, RecipeError
from orca2.run.folder import RunFolder
from orca2.strategies import load_all


def read_tasks(folder: RunFolder, split: Split) -> list[Task]:
    """The tasks of a split, in the order of tasks.jsonl."""
    return [task for task in folder.tasks() if task.split == split]


def student_system(folder: RunFolder, task: Task, default: str | None = None) -> str:
    """The system message under which a student learns a task and is tested on it, with `default` in the place of the
    recipe's."""
    recipe = folder.recipe
    return erased_system(recipe.student.system if default is None else default, task.system, recipe.erase.system)


def check_cluster(test: Sequence[Task], column: str) -> None:
    """DataError where no task has the field that `evaluate.cluster_by` names."""
    if column and not any(task.fields.get(column) for task in test):
        known = sorted({name for task in test for name in task.fields})
        shown = ", ".join(known) or "none"
        raise DataError(f"evaluate.cluster_by: no task has a field {column!r}; fields here: {shown}")


def first_of_each_family(tasks: Iterable[Task], count: int) -> list[Task]:
    """The first `count` tasks of each family, in the order given."""
    seen: Counter[str] = Counter()
    chosen = []
    for task in tasks:
        seen[task.family] += 1
        if seen[task.family] <= count:
            chosen.append(task)
    return chosen


def strategies_of(folder: RunFolder, family: str | None = None) -> tuple[Strategy, ...]:
    """The strategies for a family, in the recipe's order; without one, those of all families."""
    recipe = folder.recipe
    if family is not None:
        return load_all(tuple(recipe.family_strategies.get(family, recipe.strategies)), folder.base)
    named = [*recipe.strategies, *(name for names in recipe.family_strategies.values() for name in names)]
    return load_all(tuple(dict.fromkeys(named)), folder.base)


def pair_with_strategies(folder: RunFolder, tasks: Sequence[Task]) -> list[tuple[Task, Strategy]]:
    """Each task with every strategy that its family has; RecipeError where the recipe does not fit the tasks."""
    named = folder.recipe.family_strategies
    families = sorted({task.family for task in folder.tasks_as_read()}) if named else []
    for family in named:
        if family not in families:
            near = plugins.suggest(family, families)
            raise RecipeError(f"family_strategies: no family {family!r}{near}; families: {', '.join(families)}")
    strategies_of(folder)  # two of one name, in whichever families, are said before anything is asked
    targets: dict[str, list[str]] = {}
    for task in tasks:
        targets.setdefault(task.family, []).extend([task.target] if task.target else [])
    for family, golds in targets.items():
        for strategy in strategies_of(folder, family):
            if (gold := gives_away(strategy, golds)) is not None:
                raise RecipeError(
                    f"strategies: {strategy.name} says {gold[:40]!r}, which is the target of a task of {family!r};"
                    f" reword it, so that it says how to find an answer and not which"
                )
    return [(task, strategy) for task in tasks for strategy in strategies_of(folder, task.family)]
