"""What has become of a run's tasks since they were last read: new, gone and changed ones, by name."""

from collections.abc import Iterator, Sequence

from orca2.core.transcript import transcript
from orca2.core.types import Task
from orca2.errors import RunError
from orca2.files import read_nouns
from orca2.run.folder import RunFolder

SHOWN = 3  # tasks named of each kind
BRIEF = 60  # characters of a name


def before(folder: RunFolder) -> Sequence[Task]:
    """The tasks that the run has had; none if it had none, or they cannot be read any more."""
    try:
        return read_nouns(folder.path / "tasks.jsonl", Task, "")
    except (FileNotFoundError, RunError):
        return ()


def lines(were: Sequence[Task], now: Sequence[Task]) -> Iterator[str]:
    """One line for each kind of change, with how many tasks there are and the first of them; none where all is as it
    was. A question that was reworded is another task: one is gone and one is new."""
    old, new = {task.id: task for task in were}, {task.id: task for task in now}
    both = [(old[task.id], task) for task in now if task.id in old]
    kinds = {
        "are new": [task for task in now if task.id not in old],
        "are gone": [task for task in were if task.id not in new],
        "have another target": [task for then, task in both if then.target != task.target],
        "are in another split": [task for then, task in both if then.split != task.split],
        "are of another family": [task for then, task in both if then.family != task.family],
        "are read by another grader": [task for then, task in both if _reader(then) != _reader(task)],
    }
    for kind, tasks in kinds.items():
        if were and tasks:
            named = ", ".join(_brief(task) for task in tasks[:SHOWN])
            more = f" and {len(tasks) - SHOWN:,} more" if len(tasks) > SHOWN else ""
            yield f"since the last time {len(tasks):,} tasks {kind}: {named}{more}"


def _reader(task: Task) -> tuple[object, ...]:
    return task.grader, dict(task.grader_options), task.gold


def _brief(task: Task) -> str:
    text = " ".join(transcript(task.before, task.prompt).split())
    return repr(text if len(text) <= BRIEF else f"[...] {text[-BRIEF:]}")
