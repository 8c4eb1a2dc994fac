"""The artifacts that the report reads, one field for each file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.core.counts import Erasure, Verification
from orca2.core.records import Evaluation, Explanation, Golds, TaskCounts, Trained
from orca2.core.results import Comparison, Result
from orca2.core.types import Answer, Demonstration, Lesson, Message, Profile
from orca2.reporting.artifacts import check_run, read_json, read_noun, read_nouns


@dataclass(frozen=True, slots=True)
class Artifacts:
    """A run folder's content. `lessons` maps a task's id to its messages."""

    folder: Path
    record: Mapping[str, Any]
    tasks: TaskCounts
    gold: Golds
    explain: Explanation
    profile: Profile
    verified: Sequence[Demonstration]
    verify: Verification
    lessons: Mapping[str, Sequence[Message]]
    erase: Erasure
    train: Trained
    evaluate: Evaluation
    answers: list[Answer]

    @property
    def seed(self) -> int:
        return int(self.record["seed"])

    def total(self, student: str, system: str) -> Result:
        """The result of one student under one system message."""
        return next(t for t in self.evaluate.totals if (t.student, t.system) == (student, system))

    def comparison(self, against: str, family: str = "all") -> Comparison:
        """The paired comparison of the cautious student under the default message."""
        keys = ("cautious", against, "default", family)
        rows = self.evaluate.comparisons
        return next(r for r in rows if (r.student, r.against, r.system, r.family) == keys)

    @property
    def students(self) -> list[str]:
        """In the order of training; explained is not there where that stage was skipped."""
        return list(dict.fromkeys(total.student for total in self.evaluate.totals))


def read(folder: Path) -> Artifacts:
    """Every artifact in flow order; RunError for the first that is missing or not JSON."""
    check_run(folder)
    return Artifacts(
        folder=folder,
        record=read_json(folder, "record.json", "run"),
        tasks=read_noun(folder, "tasks.json", "tasks", TaskCounts),
        gold=read_noun(folder, "gold.json", "gold", Golds),
        explain=read_noun(folder, "explain.json", "explain", Explanation),
        profile=read_noun(folder, "profile.json", "profile", Profile),
        verified=read_nouns(folder, "verified.jsonl", "verify", Demonstration),
        verify=read_noun(folder, "verify.json", "verify", Verification),
        lessons={lesson.task: lesson.messages for lesson in read_nouns(folder, "lessons.jsonl", "erase", Lesson)},
        erase=read_noun(folder, "erase.json", "erase", Erasure),
        train=read_noun(folder, "train.json", "train", Trained),
        evaluate=read_noun(folder, "evaluate.json", "evaluate", Evaluation),
        answers=read_nouns(folder, "answers.jsonl", "evaluate", Answer),
    )
