"""The grader for a task that names none: picked by its gold answer and the options in its question."""

import functools
import inspect
from collections.abc import Sequence
from typing import Any, Literal

from orca2 import plugins
from orca2.core.types import Verdict
from orca2.reading.grader import Grader

# Listed options first: an option may be a number or a lone word. Text comes last, as it takes anything.
IN_ORDER = ("choice", "label", "number", "date", "literal", "symbols", "words", "json", "math", "span")
# Labels that are named come before all: one of them may be a letter, a number or a date.
_NAMED = ("labels", "label", *IN_ORDER)


class Auto:
    """Grades with the first type that reads the gold answer; the options go to the types that take them.

    >>> Auto().grade("5", "So there are five.").grader
    'number'
    """

    def __init__(
        self,
        labels: Sequence[str] = (),
        decimal: Literal["auto", ".", ","] = "auto",
        day_first: bool | None = None,
    ) -> None:
        self._given: dict[str, Any] = {"labels": tuple(labels), "decimal": decimal, "day_first": day_first}
        self._order = _NAMED if labels else IN_ORDER
        self._made: dict[str, Grader] = {}

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer is of some type."""
        return True

    def pick(self, target: str, question: str = "") -> Grader:
        """The first grader that reads the gold answer."""
        return next(grader for name in self._order if (grader := self._grader(name)).reads(target, question))

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """Grade with the first type that reads the gold answer."""
        return self.pick(target, question).grade(target, response, question)

    def _grader(self, name: str) -> Grader:
        """A grader with the options that it takes, made when it is first needed: most files need a few of them."""
        if name not in self._made:
            load = plugins.get("graders", name).load
            taken = inspect.signature(load).parameters
            self._made[name] = load(**{key: value for key, value in self._given.items() if key in taken})
        return self._made[name]


@functools.cache
def _plain() -> Auto:
    return Auto()


def load(
    labels: Sequence[str] = (), decimal: Literal["auto", ".", ","] = "auto", day_first: bool | None = None
) -> Auto:
    """The options are those of the graders `label`, `number` and `date`, for the tasks' family."""
    return Auto(labels, decimal, day_first) if labels or decimal != "auto" or day_first is not None else _plain()
