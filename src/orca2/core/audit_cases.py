"""Planted answers whose verdict is known beforehand, to audit whoever verifies: right, wrong, cut off, ambiguous; and
how many were judged otherwise."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from orca2.core.intervals import wilson
from orca2.core.types import Completion, Outcome, Task

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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedRate:
    """How many of so many planted answers are counted, with the Wilson interval of that share."""

    planted: int
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Misjudged:
    """A planted answer of which the verifier said the opposite: what it was planted as, and what was found."""

    task: str
    family: str
    target: str
    plant: CaseKind
    response: str
    verdict: Outcome
    answer: str | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """How far a verifier can be trusted: answers that it let through and should not have, and the other way round.

    `plants` counts the accepted ones of each kind; `gold_rejected` are tasks whose gold answer its own grader rejects.
    """

    seed: int
    false_accept: PlantedRate
    false_reject: PlantedRate
    plants: Mapping[CaseKind, PlantedRate]
    gold_rejected: Sequence[str]


def planted_rate(count: int, planted: int) -> PlantedRate:
    low, high = wilson(count, planted)
    return PlantedRate(planted=planted, count=count, low=low, high=high)


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
