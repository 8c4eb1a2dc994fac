"""Which trials the page quotes of a cell: one that is right, and every one that is not, the readable ones first.

Drawn by a hash of the seed and the task, so that nobody picks what looks good, and with the same task under
several strategies wherever that falls out so.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from orca2.core.transcript import transcript
from orca2.core.types import Task, Trial

KINDS = ("correct", "wrong", "ambiguous", "truncated", "unextracted", "failed")


def examples(trials: Sequence[Trial], tasks: Mapping[str, Task], seed: int) -> list[dict[str, Any]]:
    """The first drawn trial that is right and all that are not, by outcome, each with the task that it tries."""

    def drawn(trial: Trial) -> tuple[int, str]:
        order = hashlib.sha256(f"{seed} {trial.task}".encode()).hexdigest()
        return KINDS.index(trial.verdict.outcome), order

    ordered = sorted(trials, key=drawn)
    right = [trial for trial in ordered if trial.verdict.correct]
    quoted = [*right[:1], *ordered[len(right) :]]
    return [
        {
            "prompt": transcript(task.before, task.prompt) if (task := tasks.get(trial.task)) else None,
            "target": task.target if task else None,
            "said": trial.completion.text,
            "tokens": trial.completion.tokens_out,
            "error": trial.completion.error,
            **asdict(trial.verdict),
        }
        for trial in quoted
    ]
