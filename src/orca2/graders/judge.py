"""Open answers, which only a model can weigh; `grading.judging` asks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orca2.core.types import Verdict


@dataclass(frozen=True, slots=True)
class Judge:
    """Settles what needs no judge.

    >>> Judge().grade("Good soup.", "Good  soup.").outcome
    'correct'

    `rubric` is what the judge goes by: a text, or criteria, each with a `criterion` and a `weight`.
    """

    rubric: str | Sequence[Mapping[str, Any]] = ""

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer can be shown to a judge."""
        return True

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """An answer that equals the target needs no judge; any other is not settled here."""
        if " ".join(response.split()) == " ".join(target.split()) and target.strip():
            return Verdict("correct", target.strip(), "equal to the target", "whole", "judge")
        return Verdict("failed", None, "the judge was not asked", None, "judge")


load = Judge
