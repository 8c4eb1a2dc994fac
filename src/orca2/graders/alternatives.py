"""Several gold answers, one a line or as a JSON list, any of which is right; each is graded as its own kind."""

import json
from dataclasses import dataclass

from orca2.core.types import Verdict
from orca2.graders import auto


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Right is whatever one of the gold answers accepts.

    >>> Alternatives().grade("Mia\\nMia Berg", "It was Mia.").outcome
    'correct'
    """

    def reads(self, target: str, question: str = "") -> bool:
        """Any list of gold answers."""
        return True

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """The verdict of the first gold answer that the response gives, else of the first one."""
        golds = _golds(target)
        if not golds:
            return Verdict("unextracted", None, "the gold answer is empty")
        # the gold answers themselves as a response, as they stand
        if " ".join(response.split()) == " ".join(target.split()):
            return Verdict("correct", golds[0].strip(), "equal to the gold answers", "whole")
        found = [auto.load().grade(gold, response, question) for gold in golds]
        return next((verdict for verdict in found if verdict.correct), found[0])


load = Alternatives


def _golds(target: str) -> list[str]:
    if target.lstrip().startswith("["):
        try:
            listed = json.loads(target)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list) and all(isinstance(gold, str | int | float) for gold in listed):
            return [str(gold) for gold in listed if str(gold).strip()]
    return [line for line in target.split("\n") if line.strip()]
