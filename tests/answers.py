"""Made answers, for what counts and compares them."""

from typing import Any

from orca2.core.types import Answer, Outcome


def made(
    task: str, outcome: Outcome, family: str = "f", tokens: int = 10, cluster: str | None = None, **other: Any
) -> Answer:
    """One answer with this outcome; `other` are further fields of it."""
    given = {
        "student": "cautious", "system": "default", "prompt": "", "target": "", "grader": "auto", "response": "",
        "finish_reason": "stop", "why": "", "read_by": "", "where": None, **other,
    }  # fmt: skip
    return Answer(task=task, outcome=outcome, family=family, tokens=tokens, cluster=cluster, answer=None, **given)
