"""Which of its wordings a strategy says: drawn for each task, and the same one again whenever it is asked."""

import hashlib

from orca2.core.types import Message, Strategy, Task


def wording(strategy: Strategy, task: str, seed: int) -> str:
    """One of the strategy's wordings, fixed by seed, task id and the strategy's name."""
    drawn = hashlib.sha256(f"{seed}/{task}/{strategy.name}".encode()).digest()
    return strategy.instructions[int.from_bytes(drawn[:8]) % len(strategy.instructions)]


def opening(strategy: Strategy, task: Task, seed: int) -> tuple[Message, Message]:
    """What a model is asked first: the instruction as system message, and the task."""
    return Message("system", wording(strategy, task.id, seed)), Message("user", task.prompt)
