"""Several calls in turn: a conversation in which only what the model says last counts.

Each conversation goes on by itself: none waits for the first calls of all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orca2.asking.client import Asker
from orca2.asking.engine import Ask, each
from orca2.core.types import Call, Completion, Earlier, Message, Request


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: the last request that was made of it, its answer, and what came before."""

    request: Request
    completion: Completion
    earlier: tuple[Earlier, ...] = ()


def converse(
    asker: Asker, openings: Sequence[Request], calls: Sequence[tuple[Call, ...]], first: str, label: str
) -> list[Talk]:
    """`talk` with each opening and its calls; in the order of `openings`."""
    found: dict[int, Talk] = {}

    async def one(row: tuple[int, Request, tuple[Call, ...]], ask: Ask) -> Talk:
        return await talk(ask, row[1], row[2], first)

    rows = ((index, *pair) for index, pair in enumerate(zip(openings, calls, strict=True)))
    for (index, _, _), ended in each(asker, rows, one, label, len(openings)):
        found[index] = ended
    return [found[index] for index in range(len(openings))]


async def talk(ask: Ask, opening: Request, calls: Sequence[Call], first: str) -> Talk:
    """Ask the opening, then each call as a further turn of the user. `first` names the call that the opening is.

    A conversation ends at a call that failed, was cut off or came back empty: that completion is its last one, so
    nothing is built on half an answer.
    """
    names = (first, *(call.name for call in calls))
    said = Talk(opening, await ask(opening))
    for name, call in zip(names, calls, strict=False):
        if not _whole(said.completion):
            break
        request = _follow(said, call)
        said = Talk(request, await ask(request), (*said.earlier, Earlier(name, said.completion, call.prompt)))
    return _settle(said, names)


def _whole(completion: Completion) -> bool:
    return completion.finish_reason == "stop" and bool(completion.text.strip())


def _follow(talk: Talk, call: Call) -> Request:
    turns = (Message("assistant", talk.completion.text), Message("user", call.prompt))
    return replace(talk.request, messages=(*talk.request.messages, *turns))


def _settle(talk: Talk, names: Sequence[str]) -> Talk:
    """An end before the last call can never pass for the answer."""
    place, done = len(talk.earlier), talk.completion
    if len(names) == 1 or (place == len(names) - 1 and done.error is None):
        return talk
    where = f"call {place + 1} of {len(names)} ({names[place]})"
    if done.error is not None:
        return replace(talk, completion=replace(done, error=f"{where}: {done.error}"))
    if not done.text.strip():
        return replace(talk, completion=replace(done, finish_reason="error", error=f"{where}: empty answer"))
    return talk  # cut off, which it says itself
