"""What the page quotes: one demonstration before and after erasing, and answers side by side.

Both are drawn by a hash of the seed and the task, so that nobody picks what looks good.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2.core.types import Answer, Demonstration, Message
from orca2.reporting import formats
from orca2.reporting.report._artifacts import Artifacts

QUOTED = 6
READABLE = 1_200  # characters of a demonstration that still fits beside its lesson

AnswersByStudent = Mapping[str, Answer]  # to one task


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """A demonstration as the teacher saw it, and the lesson that it became."""

    family: str
    strategy: str
    before: Sequence[Message]
    after: Sequence[Message]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One prompt answered by several students, and what became of it."""

    family: str
    prompt: str
    target: str
    change: str
    answers: Sequence[Answer]


def demonstration(found: Artifacts) -> BeforeAndAfter | None:
    """A demonstration that became a lesson, preferably one with an instruction and of readable length."""
    usable = [shown for shown in found.verified if shown.task in found.lessons]
    if not usable:
        return None

    def order(shown: Demonstration) -> tuple[bool, bool, str]:
        instructed = any(message.role == "system" and message.content for message in shown.messages)
        length = sum(len(message.content) for message in shown.messages) + len(shown.completion.text)
        return not instructed, length > READABLE, _draw(found.seed, shown.task)

    best = min(usable, key=order)
    return BeforeAndAfter(
        best.family,
        best.strategy,
        [*best.messages, Message("assistant", best.completion.text)],
        found.lessons[best.task],
    )


def side_by_side(found: Artifacts) -> list[SideBySide]:
    """The same prompts answered by every student under the default message."""
    by_task: dict[str, dict[str, Answer]] = defaultdict(dict)
    for answer in found.answers:
        if answer.system == "default":
            by_task[answer.task][answer.student] = answer
    whole = {task: answers for task, answers in by_task.items() if answers.keys() >= {"base", "cautious"}}
    order = [whole[task] for task in sorted(whole, key=lambda task: _draw(found.seed, task))]
    return [
        SideBySide(
            answers["cautious"].family,
            formats.asked(answers["cautious"]),
            answers["cautious"].target,
            change(answers),
            [answers[student] for student in found.students if student in answers],
        )
        for answers in _pick(order)
    ]


def change(answers: AnswersByStudent) -> str:
    """What became of this prompt from the base to the cautious student."""
    before, after = (answers[student].outcome == "correct" for student in ("base", "cautious"))
    if before == after:
        return "right before and after" if after else "not right before or after"
    return "improved" if after else "worsened"


def _pick(order: Sequence[AnswersByStudent]) -> list[AnswersByStudent]:
    """One per family in turn, then an improved and a worsened one swapped in if the draw held none."""
    queues: dict[str, list[AnswersByStudent]] = defaultdict(list)
    for answers in order:
        queues[answers["cautious"].family].append(answers)
    turns = max((len(queue) for queue in queues.values()), default=0)
    rounds = [queue[turn] for turn in range(turns) for queue in queues.values() if turn < len(queue)]
    picked = rounds[:QUOTED]
    wanted = ("improved", "worsened")
    for kind in wanted:
        candidate = next((answers for answers in order if change(answers) == kind), None)
        if candidate is None or any(change(answers) == kind for answers in picked):
            continue
        spare = [index for index, answers in enumerate(picked) if change(answers) not in wanted]
        family = candidate["cautious"].family
        same = [index for index in spare if picked[index]["cautious"].family == family]
        picked[(same or spare or range(len(picked)))[-1]] = candidate
    return picked


def _draw(seed: int, task: str) -> str:
    return hashlib.sha256(f"{seed} {task}".encode()).hexdigest()
