"""A thought up to the point where its answer is settled: what follows only looks again at what is known."""

import re

from orca2.core.types import Completion, Task
from orca2.grading.settling import settled

END = re.compile(r"(?<=[.!?])\s+|\n+")  # of a sentence or a line


def cut_where_settled(task: Task, thought: str) -> str:
    """The thought up to the sentence from which on what it says is right, however far one reads; all of it where that
    is never so, or only a judge could tell."""
    kept = len(thought)
    for end in (len(thought), *(match.start() for match in reversed([*END.finditer(thought)]))):
        verdict = settled(task, Completion(thought[:end], "stop"), strict=False)
        if verdict is None or not verdict.correct:
            break
        kept = end
    return thought[:kept].rstrip()
