"""What every family makes: a prompt with its answer and two ways to justify it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One generated task. `steps` updates a state piece by piece; `explanation` gives the reason in short."""

    prompt: str
    target: str
    steps: str
    explanation: str
