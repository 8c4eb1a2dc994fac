"""Which trials the page quotes of a cell: one that is right, one that is wrong, one that could not be read.

Drawn by a hash of the seed and the task, so that nobody picks what looks good, and with the same task under
several strategies wherever that falls out so.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

KINDS = (("correct",), ("wrong",), ("truncated", "ambiguous"), ("unextracted", "failed"))


def examples(trials: Sequence[Row], tasks: Mapping[str, Row], seed: int) -> list[dict[str, Any]]:
    """The first drawn trial of each kind that occurs, with the task that it tries."""
    order = sorted(trials, key=lambda trial: hashlib.sha256(f"{seed} {trial['task']}".encode()).hexdigest())
    firsts = (next((trial for trial in order if trial["verdict"]["outcome"] in kind), None) for kind in KINDS)
    return [
        {
            "prompt": tasks.get(trial["task"], {}).get("prompt"),
            "target": tasks.get(trial["task"], {}).get("target"),
            "said": trial["completion"]["text"],
            "tokens": trial["completion"]["tokens_out"],
            "error": trial["completion"]["error"],
            **trial["verdict"],
        }
        for trial in firsts
        if trial
    ]
