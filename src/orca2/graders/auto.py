"""The grader for a task that names none: picked by its gold answer and the options in its question."""

import functools
import inspect
from collections.abc import Sequence
from typing import Any, Literal

from orca2.core.nouns import Verdict
from orca2.graders import choice, json, label, literal, math, number, span, symbols, words
from orca2.reading.grader import Grader

# Listed options first: an option may be a number or a lone word. Text comes last, as it takes anything.
_IN_ORDER = (choice, label, number, literal, symbols, words, json, math, span)


class Auto:
    """Grades with the first type that reads the gold answer; the options go to the types that take them.

    >>> Auto().grade("5", "So there are five.").grader
    'number'
    """

    def __init__(self, labels: Sequence[str] = (), decimal: Literal["auto", ".", ","] = "auto") -> None:
        given: dict[str, Any] = {"labels": tuple(labels), "decimal": decimal}
        self._graders: tuple[Grader, ...] = tuple(
            module.load(**{k: v for k, v in given.items() if k in inspect.signature(module.load).parameters})
            for module in _IN_ORDER
        )

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer is of some type."""
        return True

    def pick(self, target: str, question: str = "") -> Grader:
        """The first grader that reads the gold answer."""
        return next(grader for grader in self._graders if grader.reads(target, question))

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """Grade with the first type that reads the gold answer."""
        return self.pick(target, question).grade(target, response, question)


@functools.cache
def _plain() -> Auto:
    return Auto()


def load(labels: Sequence[str] = (), decimal: Literal["auto", ".", ","] = "auto") -> Auto:
    """`labels` are those of the tasks' family, `decimal` its decimal mark; see the graders `label` and `number`."""
    return Auto(labels, decimal) if labels or decimal != "auto" else _plain()
