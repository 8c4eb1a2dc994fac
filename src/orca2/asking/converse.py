"""Several calls in turn: a conversation in which only what the model says last counts.

Each conversation goes on by itself: none waits for the first calls of all others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.types import Call, Completion, Message, PriorCall, Request


@dataclass(frozen=True, slots=True)
class CallChain:
    """A conversation of several calls: the last request that was made of it, its answer, and what came before."""

    request: Request
    completion: Completion
    earlier: tuple[PriorCall, ...] = ()


def converse(
    client: ModelClient, openings: Sequence[Request], calls: Sequence[tuple[Call, ...]], first: str, label: str
) -> list[CallChain]:
    """`run_chain` with each opening and its calls; in the order of `openings`."""
    chains: dict[int, CallChain] = {}

    async def one(row: tuple[int, Request, tuple[Call, ...]], ask: Ask) -> CallChain:
        return await run_chain(ask, row[1], row[2], first)

    rows = ((index, *pair) for index, pair in enumerate(zip(openings, calls, strict=True)))
    for (index, _, _), ended in run_all(client, rows, one, label, len(openings)):
        chains[index] = ended
    return [chains[index] for index in range(len(openings))]


async def run_chain(ask: Ask, opening: Request, calls: Sequence[Call], first: str) -> CallChain:
    """Ask the opening, then each call as a further turn of the user. `first` names the call that the opening is.

    A conversation ends at a call that failed, was cut off or came back empty: that completion is its last one, so
    nothing is built on half an answer.
    """
    names = (first, *(call.name for call in calls))
    chain = CallChain(opening, await ask(opening))
    for name, call in zip(names, calls, strict=False):
        if not _is_whole(chain.completion):
            break
        request = _follow(chain, call)
        chain = CallChain(request, await ask(request), (*chain.earlier, PriorCall(name, chain.completion, call.prompt)))
    return _mark_unfinished(chain, names)


def _is_whole(completion: Completion) -> bool:
    return completion.finish_reason == "stop" and bool(completion.text.strip())


def _follow(chain: CallChain, call: Call) -> Request:
    turns = (Message("assistant", chain.completion.text), Message("user", call.prompt))
    return replace(chain.request, messages=(*chain.request.messages, *turns))


def _mark_unfinished(chain: CallChain, names: Sequence[str]) -> CallChain:
    """An end before the last call can never pass for the answer."""
    place, completion = len(chain.earlier), chain.completion
    if len(names) == 1 or (place == len(names) - 1 and completion.error is None):
        return chain
    where = f"call {place + 1} of {len(names)} ({names[place]})"
    if completion.error is not None:
        return replace(chain, completion=replace(completion, error=f"{where}: {completion.error}"))
    if not completion.text.strip() and completion.finish_reason != "length":
        return replace(chain, completion=replace(completion, finish_reason="error", error=f"{where}: empty answer"))
    return chain  # cut off, which it says itself
