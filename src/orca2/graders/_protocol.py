"""What a grader is: a module with `grade` and nothing to register."""

from typing import Protocol

from orca2.core.nouns import Verdict


class Grader(Protocol):
    """A module under `graders/`."""

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """Read the answer in `response` and hold it against `target`."""
        ...
