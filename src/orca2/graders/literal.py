"""Literals of a program, such as the output of code: lists, dictionaries, strings in quotes, booleans, None.

Compared by value and type, exactly: no forgiving of signs, order, case or length.
"""

from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict
from orca2.reading.grader import TextGrader
from orca2.reading.places import verdict


@dataclass(frozen=True, slots=True)
class Literal(TextGrader):
    """DOC"""

    name: ClassVar[str] = "literal"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a list, dictionary, tuple, set, string in quotes, boolean or None."""
        return False

    def compare(self, target: str, text: str, question: str) -> Verdict:
        return verdict((), "last", False)


load = Literal
