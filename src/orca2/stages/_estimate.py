"""What teaching will ask for, before it asks: the first request, how many there are, their tokens and their price."""

import json
from collections.abc import Iterator, Sequence

from orca2.asking.client import ModelClient
from orca2.core.model import HttpModel
from orca2.core.types import Completion, Request, Strategy, Task
from orca2.errors import DataError
from orca2.run.agreeing import ballots, clients
from orca2.run.demonstrating import first_request
from orca2.run.folder import RunFolder
from orca2.run.models import load_teacher

CHARS = 4  # of a token, about: no tokenizer of the teacher's is at hand


def show_estimate(folder: RunFolder, planned: Sequence[tuple[Task, list[Strategy]]]) -> None:
    """Print what asking for `planned`, tasks with the strategies that each may be asked under, will take."""
    spec = folder.recipe.teach
    if not planned:
        raise DataError("teach: no task of the train split is left to ask; look at tasks.splits and tasks.limits")
    client = folder.client(load_teacher(folder))
    asks = [(first_request(folder, task, strategies[0]), strategies[0]) for task, strategies in planned]
    print(f"the first request, to {client.model.name}:\n{_shown(client, asks[0][0])}\n")
    known = [client.look_up(request).completion for request, _ in asks]
    answers = [completion for completion in known if completion is not None]
    calls = sum(1 + len(strategy.calls) for _, strategy in asks)
    most = spec.samples * sum(1 + len(way.calls) for _, strategies in planned for way in strategies)
    print(f"tasks     {len(planned):,}, each {_bound(spec.min_correct, spec.samples * spec.ways)} answers")
    least = calls * spec.min_correct
    print(f"requests  {_bound(least, max(most, least))}; {len(answers):,} first ones are kept")
    length, told = _length(answers, folder.recipe.teacher.max_tokens)
    owed = [ask for ask, completion in zip(asks, known, strict=True) if completion is None]
    asked, answered = (sum(column) for column in zip((0, 0), *_tokens(owed, length), strict=True))
    print(f"tokens    about {asked:,} in and {answered:,} out ({told}), for one answer to each task that is not kept")
    _price(client, asked, answered, len(owed) and calls * folder.recipe.teacher.max_tokens)
    _cap(folder)


def show_votes(folder: RunFolder, tasks: Sequence[Task]) -> None:
    """Print what asking teachers for the golds of these tasks will take."""
    if not tasks:
        print("no task lacks a gold answer that teachers are asked for: nothing is asked")
        return
    for name, spec, client in clients(folder):
        asked = ballots(folder, tasks, spec)
        print(f"the first request, to {name}, {client.model.name}:\n{_shown(client, asked[0].request)}\n")
        known = [client.look_up(ballot.request).completion for ballot in asked]
        answers = [completion for completion in known if completion is not None]
        calls = sum(1 + len(ballot.strategy.calls) for ballot in asked)
        print(f"tasks     {len(tasks):,}, each {folder.recipe.tasks.agreed.samples} answers")
        print(f"requests  {calls:,}; {len(answers):,} first ones are kept")
        length, told = _length(answers, spec.max_tokens)
        owed = [(b.request, b.strategy) for b, done in zip(asked, known, strict=True) if done is None]
        tokens_in, tokens_out = (sum(column) for column in zip((0, 0), *_tokens(owed, length), strict=True))
        print(f"tokens    about {tokens_in:,} in and {tokens_out:,} out ({told}), for what is not kept")
        _price(client, tokens_in, tokens_out, len(owed) * spec.max_tokens)
    _cap(folder)


def _price(client: ModelClient, asked: int, answered: int, most: int) -> None:
    if client.price is None:
        print("price     not known; give teacher.prices = { in = ..., out = ... }, dollars for a million tokens")
    else:
        whole = client.price.of(asked, most)
        print(f"price     about ${client.price.of(asked, answered):,.2f}, ${whole:,.2f} if all are as long as allowed")


def _cap(folder: RunFolder) -> None:
    cap, spent = folder.recipe.teacher.max_cost, folder.record.get("spent", 0.0)
    print(f"cap       {f'${cap:,.2f}' if cap else 'none (teacher.max_cost)'}; ${spent:,.2f} spent so far")


def _shown(client: ModelClient, request: Request) -> str:
    """As it goes over the wire, on lines; the messages alone of a model that has no wire."""
    if isinstance(client.model, HttpModel):
        return json.dumps(json.loads(client.model.serialize(request)), indent=1, ensure_ascii=False)
    return "\n".join(f"[{message.role}] {message.content or '(empty)'}" for message in request.messages)


def _length(answers: list[Completion], most: int) -> tuple[int, str]:
    """Tokens of an answer, and where that is known from."""
    if answers:
        mean = sum(completion.tokens_out for completion in answers) // len(answers)
        return mean, f"answers of {mean:,} tokens, the mean of those kept"
    return most, f"answers of {most:,} tokens, the most allowed"


def _tokens(asks: list[tuple[Request, Strategy]], length: int) -> Iterator[tuple[int, int]]:
    """(in, out) of each conversation; a further call sends again all that was said before it."""
    for request, strategy in asks:
        said = sum(len(message.content) for message in request.messages) // CHARS
        asked = said
        for call in strategy.calls:
            said += length + len(call.prompt) // CHARS
            asked += said
        yield asked, length * (1 + len(strategy.calls))


def _bound(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
