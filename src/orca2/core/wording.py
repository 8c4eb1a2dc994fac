"""What stands before a task when a model is asked: a strategy's wording or the default message, and the task's own.

Both are one system message, as chat templates and servers take no second one: first what is the same for many tasks, an
empty line, then the task's own. So the special rule comes after the general one, which it narrows, and the prefix that
tasks share is read once by whoever keeps prefixes.
"""

import hashlib

from orca2.core.types import Message, Strategy, Task, TaskSystem


def wording(strategy: Strategy, task: str, seed: int) -> str:
    """One of the strategy's wordings, fixed by seed, task id and the strategy's name: the same whenever it is asked."""
    drawn = hashlib.sha256(f"{seed}/{task}/{strategy.name}".encode()).digest()
    return strategy.instructions[int.from_bytes(drawn[:8]) % len(strategy.instructions)]


def instructed_system(strategy: Strategy, task: Task, seed: int) -> str:
    """The system message under which a model tries a task: the strategy's wording, then the task's own message."""
    return joined(wording(strategy, task.id, seed), task.system)


def erased_system(default: str, own: str, keeps: TaskSystem) -> str:
    """The system message under which a student learns and is tested, by what is kept of a task's `own`."""
    if keeps == "both":
        return joined(default, own)
    return own or default if keeps == "task" else default


def asked(task: Task, system: str) -> tuple[Message, ...]:
    """A task as a model is asked it, under a whole system message: earlier turns, then the question."""
    return Message("system", system), *task.history, Message("user", task.prompt)


def joined(first: str, own: str) -> str:
    """Two texts of one system message, an empty line between."""
    return "\n\n".join(filter(None, (first, own)))


def without_own(text: str, own: str) -> str:
    """The first of the two texts that `joined` made one of."""
    return "" if text == own else text.removesuffix(f"\n\n{own}") if own else text
