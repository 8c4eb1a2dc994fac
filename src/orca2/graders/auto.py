"""The grader for a task that names none: picked by its gold answer and the options in its question."""

from types import ModuleType

from orca2.core.nouns import Verdict
from orca2.graders import choice, json, label, math, number, span, symbols, words

# Listed options first: an option may be a number or a lone word. Text comes last, as it takes anything.
_IN_ORDER: tuple[ModuleType, ...] = (choice, label, number, symbols, words, json, math, span)


def pick(target: str, question: str = "") -> ModuleType:
    """The first grader that reads the gold answer."""
    return next(module for module in _IN_ORDER if module.reads(target, question))


def grade(target: str, response: str, question: str = "") -> Verdict:
    """Grade with the first type that reads the gold answer."""
    verdict: Verdict = pick(target, question).grade(target, response, question)
    return verdict
