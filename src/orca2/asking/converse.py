"""Several calls in turn: a conversation in which only what the model says last counts.

All conversations go on together, one round of calls after the other, so that a model is kept busy. Every answer goes
through `ask`, so each stands in the journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orca2.asking.ask import ask
from orca2.core.nouns import Call, Completion, Earlier, Message, Request
from orca2.models._protocol import Model


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: the last request that was made of it, its answer, and what came before."""

    request: Request
    completion: Completion
    earlier: tuple[Earlier, ...] = ()


def converse(
    model: Model, openings: Sequence[Request], calls: Sequence[tuple[Call, ...]], first: str, journal: Path, label: str
) -> list[Talk]:
    """Ask each opening, then each of its calls as a further turn of the user; in the order of `openings`.

    `first` names the call that the opening is. A conversation ends at a call that failed, was cut off or came back
    empty: that completion is its last one, so nothing is built on half an answer.
    """
    talks = [
        Talk(request, completion)
        for request, completion in zip(openings, ask(model, openings, journal, label), strict=True)
    ]
    names = [(first, *(call.name for call in turns)) for turns in calls]
    for number in range(max(map(len, calls), default=0)):
        going = [index for index, turns in enumerate(calls) if number < len(turns) and _whole(talks[index], number)]
        requests = [_follow(talks[index], calls[index][number]) for index in going]
        completions = ask(model, requests, journal, f"{label}, call {number + 2}") if requests else []
        for index, request, completion in zip(going, requests, completions, strict=True):
            before = Earlier(names[index][number], talks[index].completion, calls[index][number].prompt)
            talks[index] = Talk(request, completion, (*talks[index].earlier, before))
    return [_settle(talk, told) for talk, told in zip(talks, names, strict=True)]


def _whole(talk: Talk, number: int) -> bool:
    """Whether all calls before the next one came back whole."""
    done = talk.completion
    return len(talk.earlier) == number and done.finish_reason == "stop" and bool(done.text.strip())


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
