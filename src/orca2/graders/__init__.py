"""Was it right: one file each, with `load(**options)`, which gives a `Grader`; and the grader of a task."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps, loads
from pathlib import Path
from types import ModuleType
from typing import Any

from orca2 import plugins
from orca2.core.gold import closed_labels, decimal_mark
from orca2.core.types import Task, Verdict
from orca2.errors import Orca2Error, RecipeError
from orca2.reading.grader import Grader, GradesTasks, Picks


def load_grader(name: str, options: Mapping[str, Any], base: Path = Path(), where: str = "grader") -> Grader:
    """The grader of a name with its options; RecipeError names what is wrong, and `where` the key that said it."""
    grader: Grader = plugins.call(f"{where}: {name}", _loader(plugins.get("graders", name, base), where, name), options)
    return grader


def _loader(module: ModuleType, where: str, name: str) -> Callable[..., Grader]:
    """The `load` of a grader's module; one without options may define `grade` alone."""
    if hasattr(module, "load"):
        load: Callable[..., Grader] = module.load
        return load
    if hasattr(module, "grade"):
        return lambda: FunctionGrader(module.grade)
    raise RecipeError(f"{where}: {name} has neither load(**options) nor grade(target, response, question)")


@dataclass(frozen=True, slots=True)
class FunctionGrader:
    """A grader that is one function of a user's file."""

    function: Callable[[str, str, str], Verdict]

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer: whoever names the file says so."""
        return True

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """What the function says."""
        return self.function(target, response, question)


def grader_of(task: Task) -> Grader:
    """The grader of a task, made once for each name and set of options."""
    return _made(task.grader, dumps(task.grader_options, sort_keys=True) if task.grader_options else "{}")


def options_for(name: str, options: Mapping[str, Any], targets: Sequence[str], base: Path = Path()) -> dict[str, Any]:
    """The options of a grader for a family with these gold answers: what it says itself, else what they show. Files
    that options name start from `base`."""
    module = plugins.get("graders", name, base)
    if hasattr(module, "located_options"):
        options = module.located_options(options, base)
    taken = inspect.signature(_loader(module, "grader", name)).parameters
    shown: dict[str, Any] = {}
    if "labels" in taken and (labels := closed_labels(targets)):
        shown["labels"] = list(labels)
    if "decimal" in taken and (mark := decimal_mark(targets)) != "auto":
        shown["decimal"] = mark
    return {**shown, **options}


def reads_with(task: Task) -> str:
    """The name of the grader that reads a task's answers: for `auto` the one it picks."""
    grader = grader_of(task)
    picked = grader.pick(task.target, task.prompt) if isinstance(grader, Picks) else grader
    return getattr(picked, "name", task.grader)


def grade(task: Task, response: str) -> Verdict:
    """The verdict of the task's grader; one that raises is a failed grading of this row and of no other."""
    try:
        grader = grader_of(task)
        if isinstance(grader, GradesTasks):
            return grader.grade_task(task, response)
        verdict = grader.grade(task.target, response, task.prompt)
    except RecipeError:
        raise
    except Orca2Error as error:
        return Verdict("failed", None, str(error), None, task.grader)
    except Exception as error:
        why = f"grader {task.grader} raises {type(error).__name__}: {error}"
        return Verdict("failed", None, why, None, task.grader)
    return verdict


def rejected_gold(task: Task) -> str | None:
    """Why the task's own grader does not accept its gold answer; None if it does."""
    verdict = grade(task, task.target)
    return None if verdict.correct else f"{task.target[:60]!r}: {verdict.outcome}, {verdict.why}"


@functools.cache
def _made(name: str, options: str) -> Grader:
    return load_grader(name, loads(options))
