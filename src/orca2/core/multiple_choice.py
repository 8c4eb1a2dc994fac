"""Multiple choice: the options under the question, in an order that gives nothing away."""

import hashlib
from collections.abc import Sequence

from orca2.core.benchmark import Question

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def choice(question: str, options: Sequence[str], gold: int, **more: str | None) -> Question:
    """A question with lettered options, of which the one at `gold` is right."""
    if not 0 <= gold < len(options) or len(options) < 2:
        raise ValueError(f"option {gold + 1} of {len(options)} is the gold one")
    lines = [f"({LETTERS[place]}) {' '.join(str(option).split())}" for place, option in enumerate(options)]
    prompt = "\n".join([question.strip(), "Options:", *lines])
    return Question(prompt, f"({LETTERS[gold]})", "choice", 1 / len(options), **more)  # type: ignore[arg-type]


def mixed(right: str, wrong: Sequence[str], seed: str) -> tuple[list[str], int]:
    """The options in an order drawn from `seed`, and where the right one is."""
    options = list(dict.fromkeys([right, *wrong]))
    options.sort(key=lambda option: hashlib.sha256(f"{seed}\n{option}".encode("utf-8", "surrogatepass")).digest())
    return options, options.index(right)


def letter(answer: str) -> int:
    """The place of an option from its letter, or its number counted from 1."""
    answer = answer.strip().strip("().")
    return int(answer) - 1 if answer.isdigit() else LETTERS.index(answer.upper())
