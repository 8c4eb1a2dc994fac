"""What a grader is, and what every grader of texts does first: set thoughts aside and look into JSON."""

from dataclasses import replace
from typing import ClassVar, Protocol, runtime_checkable

from orca2.core.types import Verdict
from orca2.reading.spoken import spoken


class Grader(Protocol):
    """What `load(**options)` of a module under `graders/` gives. Neither method ever raises, whatever the texts are."""

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is of the grader's type; `auto` takes the first grader that says so."""
        ...

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """Read the answer in `response` and hold it against `target`."""
        ...


@runtime_checkable
class Picks(Protocol):
    """A grader that hands each task on to another one."""

    def pick(self, target: str, question: str = "") -> Grader: ...


class TextGrader:
    """A grader that reads prose. A subclass is a frozen dataclass whose fields are its options."""

    __slots__ = ()
    name: ClassVar[str]
    looks_into_json: ClassVar[bool] = True

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer can be compared as text."""
        return True

    def grade(self, target: str, response: str, question: str = "") -> Verdict:
        """Read the answer in `response` and hold it against `target`."""
        said = spoken(response, self.looks_into_json)
        if said.cut:
            return Verdict("truncated", None, said.cut, None, self.name)
        if not said.text.strip() and target.strip():
            return Verdict("unextracted", None, "empty answer", None, self.name)
        found = self.compare(target, said.text, question)
        if said.field:
            return replace(found, where="field", why=f"{found.why}, in a field of JSON", grader=self.name)
        return replace(found, grader=self.name)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """The verdict on what a response says to its reader."""
        raise AssertionError(f"{type(self).__name__} compares nothing")
