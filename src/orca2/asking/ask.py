"""Asking once: the completions of requests, in their order."""

from collections.abc import Callable, Sequence

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.types import Completion, Request


def ask(
    client: ModelClient, requests: Sequence[Request], label: str, told: Callable[[int], None] | None = None
) -> list[Completion]:
    """The completions of `requests`, in their order; a failed call stands in its place as a completion with an error.

    Failures are not kept, so the next run asks again. Without a label no progress is shown; `told` is called with how
    many are there, as they come.
    """
    completions: dict[int, Completion] = {}

    async def once(row: tuple[int, Request], ask: Ask) -> Completion:
        return await ask(row[1])

    for (index, _), completion in run_all(client, enumerate(requests), once, label, len(requests)):
        completions[index] = completion
        if told is not None:
            told(len(completions))
    return [completions[index] for index in range(len(requests))]
