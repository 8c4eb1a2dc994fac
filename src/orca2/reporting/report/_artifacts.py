"""The artifacts that the report reads, one field for each file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.core.types import Answer, Comparison, Evaluation, Profile, Result
from orca2.reporting.artifacts import check_run, read_json, read_noun, read_nouns, read_rows

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Artifacts:
    """A run folder's content. `lessons` maps a task's id to its messages."""

    folder: Path
    record: Row
    tasks: Row
    explain: Row
    profile: Profile
    verified: list[Row]
    verify: Row
    lessons: dict[str, list[Row]]
    erase: Row
    train: Row
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
        tasks=read_json(folder, "tasks.json", "tasks"),
        explain=read_json(folder, "explain.json", "explain"),
        profile=read_noun(folder, "profile.json", "profile", Profile),
        verified=read_rows(folder, "verified.jsonl", "verify"),
        verify=read_json(folder, "verify.json", "verify"),
        lessons={row["task"]: row["messages"] for row in read_rows(folder, "lessons.jsonl", "erase")},
        erase=read_json(folder, "erase.json", "erase"),
        train=read_json(folder, "train.json", "train"),
        evaluate=read_noun(folder, "evaluate.json", "evaluate", Evaluation),
        answers=read_nouns(folder, "answers.jsonl", "evaluate", Answer),
    )
