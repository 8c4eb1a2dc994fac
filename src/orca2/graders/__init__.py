"""Was it right: one file each, with `load(**options)`, which gives a `Grader`; and the grader of a task."""

import functools
from collections.abc import Mapping
from json import dumps, loads
from pathlib import Path
from typing import Any

from orca2 import plugins
from orca2.core.nouns import Task, Verdict
from orca2.errors import Orca2Error, RecipeError
from orca2.reading.grader import Grader


def load_grader(name: str, options: Mapping[str, Any], base: Path = Path(), where: str = "grader") -> Grader:
    """The grader of a name with its options; RecipeError names what is wrong, and `where` the key that said it."""
    module = plugins.get("graders", name, base)
    if not hasattr(module, "load"):
        raise RecipeError(f"{where}: {name} has no load(**options), which gives a grader; see docs/strategies.md")
    grader: Grader = plugins.call(f"{where}: {name}", module.load, options)
    return grader


def grader_of(task: Task) -> Grader:
    return _made(task.grader, dumps(task.grader_options, sort_keys=True))


def grade(task: Task, response: str) -> Verdict:
    """The verdict of the task's grader; one that raises is a failed grading of this row and of no other."""
    try:
        verdict = grader_of(task).grade(task.target, response, task.prompt)
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
