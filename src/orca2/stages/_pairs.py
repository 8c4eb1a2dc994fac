"""Open answers in pairs: the cautious student's against those of every other one and of the teacher."""

from collections.abc import Sequence

from orca2.core.preferring import Judging, Pair, judging
from orca2.core.records import Golds
from orca2.core.types import Answer, Profile, Task
from orca2.grading.judging import named
from orca2.grading.preferring import Rivals, prefer
from orca2.run.demonstrating import demonstrate
from orca2.run.folder import RunFolder
from orca2.run.models import load_judge, load_teacher
from orca2.run.tasks import strategies_of

FILE = "pairs.jsonl"
TEACHER = "teacher"


def compare(folder: RunFolder, test: Sequence[Task], answers: Sequence[Answer]) -> tuple[Judging, list[Pair]] | None:
    """How the pairs of all tasks that a judge weighs came out, under the default message; None where there are none."""
    tasks = {task.id: task for task in test if task.grader == "judge"}
    if not tasks:
        return None
    said: dict[str, dict[str, Answer]] = {}
    for answer in answers:
        if answer.system == "default" and answer.task in tasks:
            said.setdefault(answer.student, {})[answer.task] = answer
    ours = said.pop("cautious")
    texts = {student: {task: row.response for task, row in rows.items()} for student, rows in said.items()}
    texts[TEACHER] = _teachers(folder, list(tasks.values()))
    rows = [(against, task, text) for against, theirs in texts.items() for task, text in theirs.items()]
    rivals = [Rivals(tasks[task], ours[task].response, text) for _, task, text in rows]
    found = prefer(named(load_judge(folder)), rivals, "evaluate: judge")
    pairs = []
    for (against, task, text), judges in zip(rows, found, strict=True):
        family, response = tasks[task].family, ours[task].response
        pairs.append(Pair(task=task, family=family, against=against, ours=response, theirs=text, judges=judges))
    audited = folder.read_noun("gold.json", "gold", Golds).audited("judged")
    return judging(pairs, ours, folder.recipe.seed, audited), pairs


def _teachers(folder: RunFolder, tasks: Sequence[Task]) -> dict[str, str]:
    """The teacher's whole answer to each task under the strategy that its family was taught by."""
    profile = folder.read_noun("profile.json", "profile", Profile)
    chosen = {}
    for family in {task.family for task in tasks}:
        strategies = {strategy.name: strategy for strategy in strategies_of(folder, family)}
        choice = profile.families.get(family)
        chosen[family] = strategies[choice.chosen] if choice else next(iter(strategies.values()))
    pairs = [(task, chosen[task.family]) for task in tasks]
    shown = demonstrate(folder, load_teacher(folder), pairs, "evaluate: teacher")
    return {
        one.task: one.completion.text
        for one in shown
        if one.completion.error is None and one.completion.finish_reason == "stop"
    }
