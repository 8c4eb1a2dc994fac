"""What a grader is, and what every grader of texts does first: set thoughts aside and look into JSON."""

from dataclasses import replace
from typing import ClassVar, Protocol, runtime_checkable

from orca2.core.types import Task, Verdict
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


@runtime_checkable
class GradesTasks(Protocol):
    """A grader that looks at more of a task than its target and its question."""

    def grade_task(self, task: Task, response: str) -> Verdict: ...


@runtime_checkable
class ReadsAnswers(Protocol):
    """A grader that can read an answer where there is no gold one to hold it against."""

    def answer_in(self, response: str, question: str = "") -> str | None:
        """The one answer that a response states, as a gold answer would be written; None if it states none, or
        several."""
        ...


class TextGrader:
    """A grader that reads prose. A subclass is a frozen dataclass whose fields are its options.

    `probes` are gold answers of its type, of which one at least has it read any response: what it reads is the same
    whichever it is.
    """

    __slots__ = ()
    name: ClassVar[str]
    looks_into_json: ClassVar[bool] = True
    probes: ClassVar[tuple[str, ...]] = ("",)

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

    def answer_in(self, response: str, question: str = "") -> str | None:
        """What the grader reads in a response, if it then accepts the response for it."""
        for probe in (*self.probes_of(question), *self.probes):
            found = self.grade(probe, response, question)
            if found.answer and found.format_ok and self._accepts(found.answer, response, question):
                return found.answer
        return None

    def probes_of(self, question: str) -> tuple[str, ...]:
        """Probes that the question gives, or the grader's options."""
        return ()

    def _accepts(self, answer: str, response: str, question: str) -> bool:
        return all(self.grade(answer, said, question).correct for said in (answer, response))
