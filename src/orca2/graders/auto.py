"""The grader for a task that names none: picked by its gold answer and the options in its question."""

from types import ModuleType

from orca2.core.nouns import Verdict
from orca2.graders import choice, exact, label, number, words

# Listed options first: an option may be a number or a lone word. Text comes last, as it takes anything.
_IN_ORDER: tuple[ModuleType, ...] = (choice, label, number, words, exact)


def grade(target: str, response: str, question: str = "") -> Verdict:
    """Grade with the first type that reads the gold answer."""
    grader = next(module for module in _IN_ORDER if module.reads(target, question))
    verdict: Verdict = grader.grade(target, response, question)
    return verdict
