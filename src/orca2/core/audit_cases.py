"""Planted answers whose verdict is known beforehand, to audit whoever verifies: right, wrong, cut off, ambiguous."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from orca2.core.types import Completion, Task

# unfinished is a truncated answer whose server says that it ended by itself
CaseKind = Literal["right", "wrong", "ambiguous", "unfinished", "truncated"]

_PHRASINGS = (
    "{answer}",
    "The answer is {answer}.",
    "So the answer is {answer}.",
    "**Answer:** {answer}",
    "Final answer: {answer}",
    "The answer is {answer}. I hope this helps!",
    "Answer: {answer}\n\nConfidence: 95%",
)
_UNDECIDED = (
    "The answer is {answer} or {other}.",
    "The answer is either {other} or {answer}.",
    "Answer: {answer} or {other}",
)


@dataclass(frozen=True, slots=True)
class AuditCase:
    """One answer to a task; only a `right` one is to be accepted."""

    task: Task
    kind: CaseKind
    completion: Completion


def audit_cases(task: Task, response: str, others: Sequence[str], seed: int) -> Iterator[AuditCase]:
    """Answers made from a response known to be right and from the gold answers of other tasks.

    `others` are answers that are not this task's; without any, only right and cut ones can be planted. A cut
    answer is the response up to where it first says its gold answer, so a response that is nothing else gives none.
    """
    rng = random.Random(seed)
    yield AuditCase(task, "right", Completion(rng.choice(_PHRASINGS).format(answer=task.target), "stop"))
    said = list(re.finditer(rf"(?<!\w){re.escape(task.target)}(?!\w)", response))
    if others:
        other = rng.choice(sorted(others))
        wrong = rng.choice(_PHRASINGS).format(answer=other)
        if said:  # the reasoning of the right answer in front of another conclusion
            wrong = response[: said[-1].start()] + other + response[said[-1].end() :]
        yield AuditCase(task, "wrong", Completion(wrong, "stop"))
        undecided = rng.choice(_UNDECIDED).format(answer=task.target, other=other)
        yield AuditCase(task, "ambiguous", Completion(undecided, "stop"))
    if said and response[: said[0].start()].strip():
        cut = response[: said[0].start()].rstrip()
        yield AuditCase(task, "unfinished", Completion(cut, "stop"))
        yield AuditCase(task, "truncated", Completion(cut, "length"))
