"""What is said of tasks that are others than they were."""

from dataclasses import replace
from pathlib import Path

from orca2.core.types import Message, Task
from orca2.stages._changes import lines

TASKS = [Task(str(number), "f", f"What is {number}?", "4", "auto", "train") for number in range(9)]


def test_each_kind_of_change_is_counted_and_the_first_are_named() -> None:
    assert list(lines(TASKS, TASKS)) == [] == list(lines([], TASKS))
    now = [replace(TASKS[0], target="5"), replace(TASKS[1], split="test"), replace(TASKS[2], family="g"), *TASKS[7:]]
    history = (Message("user", "Name a ship. " * 9), Message("assistant", "The Beagle."))
    now.append(Task("new", "f", "And another?", "4", "auto", "train", history=history))
    assert list(lines(TASKS, now)) == [
        "since the last time 1 tasks are new: '[...] ship. Name a ship. assistant: The Beagle. user: And another?'",
        "since the last time 4 tasks are gone: 'What is 3?', 'What is 4?', 'What is 5?' and 1 more",
        "since the last time 1 tasks have another target: 'What is 0?'",
        "since the last time 1 tasks are in another split: 'What is 1?'",
        "since the last time 1 tasks are of another family: 'What is 2?'",
    ]
    other = replace(TASKS[0], grader_options={"decimal": ","})
    assert list(lines(TASKS[:1], [other])) == ["since the last time 1 tasks are read by another grader: 'What is 0?'"]


def test_tasks_that_cannot_be_read_any_more_are_none(tmp_path: Path) -> None:
    from orca2.recipe import check
    from orca2.run.folder import RunFolder
    from orca2.stages._changes import before

    made = {"name": "r", "tasks": {"source": "jsonl"}, "student": {"model": "none"}, "teacher": {"model": "scripted"}}
    folder = RunFolder(tmp_path, check(made, "r"), tmp_path, {"stages": {}})
    assert before(folder) == ()
    (tmp_path / "tasks.jsonl").write_text('{"id": "a"\n')
    assert before(folder) == ()
