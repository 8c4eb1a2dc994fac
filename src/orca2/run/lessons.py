"""Where the lessons of a training come from: the run's own stages, the train split, or files."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from orca2.core.identity import task_id
from orca2.core.types import Lesson, Message, TaskSystem
from orca2.core.wording import asked, erased_system
from orca2.data.files import raw_rows
from orca2.data.messages import said
from orca2.errors import DataError, RunError
from orca2.files import located, matching
from orca2.run.folder import RunFolder
from orca2.run.tasks import first_of_each_family, read_tasks
from orca2.sections import Training, Tuning

OWN = {"explain": ("explain-lessons.jsonl", "explain"), "cautious": ("lessons.jsonl", "erase")}
_messages = TypeAdapter(tuple[Message, ...])


def gather_lessons(
    folder: RunFolder, names: Sequence[str], most: int, keeps: TaskSystem = "both"
) -> list[tuple[Lesson, str]]:
    """The named lessons in order, each with its family: a task's, or the name of the file.

    `most` bounds the lessons of a family that "instruction" makes of the train split, which keep of a task's own system
    message what `keeps` says.
    """
    families = {task.id: task.family for task in read_tasks(folder, "train")}
    found: list[tuple[Lesson, str]] = []
    for name in names:
        if name in OWN:
            file, made_by = OWN[name]
            found += [(lesson, families.get(lesson.task, name)) for lesson in folder.read_rows(file, made_by, Lesson)]
        elif name == "instruction":
            train = read_tasks(folder, "train")
            if bare := [task for task in train if not task.target]:
                raise DataError(
                    f'lessons = "instruction" are targets, which {len(bare)} of {len(train)} train tasks lack'
                    f" (they are {bare[0].gold}); leave instruction out"
                )
            for task in first_of_each_family(train, most):
                turns = asked(task, erased_system(folder.recipe.student.system, task.system, keeps))
                lesson = Lesson((*turns, Message("assistant", task.target)), task.id, task.gold)
                found.append((lesson, task.family))
        else:
            found += _files(folder.base, name)
    if not found:
        raise RunError(f"no lessons in {', '.join(names)}; name a file of lessons, instruction, explain or cautious")
    return found


def think_tokens(lessons: Iterable[Lesson], settings: Training) -> Literal["text", "added"] | None:
    """How a student that knows no thoughts is to write those of its lessons; None where these have none."""
    thinks = any(message.reasoning for lesson in lessons for message in lesson.messages)
    return (settings.think_tokens or "added") if thinks else None


def is_own(name: str) -> bool:
    """Whether lessons are the run's own, and no file."""
    return name in (*OWN, "instruction")


def no_such(pattern: str, base: Path) -> DataError:
    """What is said where no file of lessons has such a name."""
    return DataError(f"stages.lessons: no {located(pattern, base)}; give a file, or instruction, explain, cautious")


def lesson_files(folder: RunFolder, section: str, tuning: Tuning) -> Iterator[tuple[str, Path]]:
    """The files of lessons that a section of the recipe names, each with the key."""
    for step in tuning.stages:
        for name in step.lessons:
            if not is_own(name):
                yield from ((f"{section}.stages.{step.name}.lessons", path) for path in matching(name, folder.base))


def with_thought(message: Any) -> Any:
    """A message of a file, its thought in the field `reasoning` from whichever field or form it has there.

    >>> with_thought({"role": "assistant", "content": "<think>7 + 1</think>8"})
    {'role': 'assistant', 'content': '8', 'reasoning': '7 + 1'}
    """
    if not isinstance(message, dict) or message.get("role") != "assistant" or message.get("reasoning"):
        return message
    try:
        answer = said(message)
    except ValueError:  # more than text, or a thought that was cut: it is refused, or learned, as it stands
        return message
    return (
        {"role": "assistant", "content": answer.content, "reasoning": answer.reasoning} if answer.reasoning else message
    )


def _files(base: Path, pattern: str) -> Iterator[tuple[Lesson, str]]:
    paths = matching(pattern, base)
    if not paths:
        raise no_such(pattern, base)
    for path in paths:
        for number, row in raw_rows(path):
            where = f"{path}:{number}"
            try:
                held = row.get("messages")
                messages = _messages.validate_python([*map(with_thought, held)] if isinstance(held, list) else held)
            except ValidationError as error:
                what = error.errors()[0]
                raise DataError(f"{where}: messages{list(what['loc'])}: {what['msg']}; use role and content") from None
            if not messages or messages[-1].role != "assistant":
                raise DataError(f"{where}: a lesson ends with a message of the assistant; add it")
            task = str(row.get("task") or task_id("\n".join(m.content for m in messages[:-1])))
            yield Lesson(messages, task), path.name.split(".")[0]
