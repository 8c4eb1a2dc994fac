"""What is said where the grader of a family rejects every answer: which grader, what, why, and which one would fit."""

from collections import Counter
from collections.abc import Sequence

from orca2.core.types import Demonstration, Task
from orca2.errors import DataError
from orca2.files import write_text
from orca2.grading.fitting import Fit, fitting
from orca2.run.folder import RunFolder, rows_as_text

FILE = "rejected.jsonl"  # in the run folder, though the stage fails
SHOWN = 3
HEAD = 60  # characters of an answer, from its end, where it concludes


def all_rejected(folder: RunFolder, family: str, shown: Sequence[Demonstration]) -> DataError:
    """The error for a family of whose demonstrations none is right. They are kept in a file of the run folder."""
    tasks = {task.id: task for task in folder.tasks()}
    write_text(folder.path / FILE, rows_as_text(_row(tasks[one.task], one) for one in shown))
    counts = Counter(one.verdict.outcome for one in shown if one.verdict)
    graders = Counter((one.verdict.grader if one.verdict else "") or tasks[one.task].grader for one in shown)
    failed = [one for one in shown if one.completion.error]
    if len(failed) == len(shown):
        graders = Counter({"": 0})
    reasons = ", ".join(f"{n} {outcome}" for outcome, n in counts.most_common())
    who = " and ".join(name for name in graders if name)
    said = f"verify: none of the {len(shown)} demonstrations of {family!r} is right ({reasons})"
    said += f"; the grader {who} rejects them" if who else ""
    examples = "; ".join(_said(tasks[one.task], one) for one in shown[:SHOWN])
    fit = fitting([(tasks[one.task], one.completion.text) for one in shown if one.completion.error is None])
    return DataError(f"{said}: {examples}. All are in {folder.path / FILE}; {_advice(family, fit)}")


def _advice(family: str, fit: Fit | None) -> str:
    if fit is None:
        return "change the teacher, the grader or the strategies, or leave the family out of tasks.families"
    if fit.grader == "judge":
        return (
            f'its gold answers are prose, which a judge can weigh: tasks.graders.{family} = "judge" and a section'
            " [judge], or tasks.golds with a rubric"
        )
    return (
        f"the grader {fit.grader} accepts {fit.accepted} of {fit.tried}: look at them, then set"
        f' tasks.graders.{family} = "{fit.grader}"'
    )


def _said(task: Task, one: Demonstration) -> str:
    text = " ".join((one.completion.error or one.completion.text).split())
    text = text if len(text) <= HEAD else f"...{text[-HEAD:]}"
    held = f" for {task.target[:HEAD]!r}" if task.target else ""
    return f"{text!r}{held} ({one.verdict.why if one.verdict else 'no verdict'})"


def _row(task: Task, one: Demonstration) -> dict[str, object]:
    """A rejected answer with what it was held against."""
    assert one.verdict is not None
    return {
        "task": task.id, "family": task.family, "strategy": one.strategy, "sample": one.sample, "before": task.before,
        "prompt": task.prompt,
        "target": task.target, "grader": task.grader, "read_by": one.verdict.grader, "gold": task.gold,
        "outcome": one.verdict.outcome, "answer": one.verdict.answer, "why": one.verdict.why,
        "response": one.completion.text, "error": one.completion.error,
    }  # fmt: skip
