"""From completions to verdicts, all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from orca2.core.types import Completion, Task, Verdict
from orca2.grading.settling import settled

if TYPE_CHECKING:
    from orca2.grading.judging import JudgeClient


def verdicts(
    tasks: Sequence[Task],
    completions: Sequence[Completion],
    strict: bool,
    judge_client: JudgeClient | None = None,
    limit: str = "",
) -> list[Verdict]:
    """Grade each answer with its task's own grader, in order; nothing that a model writes makes it raise.

    An answer cut at the token limit is truncated when `strict`: a demonstration cut short must never be
    trained on. A zero-shot answer that stated the right thing, or repeats it to the end, is given the
    benefit, so that a rambling base model is not undersold; any other counts as truncated, with the answer
    that was read. `limit` is the key of the recipe that bounds the answers, with its value.
    """
    rows = list(zip(tasks, completions, strict=True))
    found = {index: settled(*row, strict, limit) for index, row in enumerate(rows)}
    opened = [index for index, verdict in found.items() if verdict is None]
    if opened:
        from orca2.grading.judging import judge_all  # brings what asking takes, which most gradings do without

        found |= judge_all({index: rows[index] for index in opened}, judge_client)
    return [verdict for index in range(len(rows)) if (verdict := found[index]) is not None]
