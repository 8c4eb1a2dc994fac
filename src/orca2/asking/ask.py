"""Asking a model: every answer is on disk before anything reads it, and is never asked for twice."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from orca2.core.nouns import Completion, Request
from orca2.models._protocol import Model
from orca2.progress import track

_completion = TypeAdapter(Completion)


def ask(model: Model, requests: Sequence[Request], journal: Path, label: str) -> list[Completion]:
    """The completions of `requests`, in their order.

    Answers in the journal are reused; the rest are asked for, and each is appended as it comes.
    A failed call stands in its place as a completion with an error, and is not kept, so the next
    run asks again. Models whose answers are not worth keeping are simply asked.
    """
    if not model.keep:
        found = asyncio.run(_collect(model, requests, label, lambda index, completion: None))
        return [found[index] for index in range(len(requests))]
    keys = [request_key(model.name, request) for request in requests]
    known = _read(journal, set(keys))
    missing = {key: request for key, request in zip(keys, requests, strict=True) if key not in known}
    if missing:
        owed = list(missing)
        _end_torn_line(journal)
        with open(journal, "a", encoding="utf-8") as handle:

            def store(index: int, completion: Completion) -> None:
                if completion.error is None:
                    row = {"key": owed[index], "model": model.name, "completion": dataclasses.asdict(completion)}
                    handle.write(json.dumps(row) + "\n")
                    handle.flush()

            found = asyncio.run(_collect(model, list(missing.values()), label, store))
        known |= {owed[index]: completion for index, completion in found.items()}
    return [known[key] for key in keys]


def request_key(model: str, request: Request) -> str:
    """SHA-256 over everything that can change the answer."""
    wire = [dataclasses.asdict(message) for message in request.messages]
    content = [model, wire, request.max_tokens, request.temperature, request.seed]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


async def _collect(
    model: Model, requests: Sequence[Request], label: str, store: Callable[[int, Completion], None]
) -> dict[int, Completion]:
    found = {}
    with track(label, len(requests), "answers") if label else nullcontext(_unseen) as advance:
        async for index, completion in model.generate(requests):
            store(index, completion)
            found[index] = completion
            advance(1)
    return found


def _unseen(n: int, note: str = "") -> None:
    """Progress that nobody follows."""


def _read(journal: Path, wanted: set[str]) -> dict[str, Completion]:
    """The wanted answers of the journal; a torn or foreign line is passed over, so it is owed again."""
    known: dict[str, Completion] = {}
    if journal.exists():
        with open(journal, encoding="utf-8", errors="replace") as handle:
            for line in handle:
                try:
                    row = json.loads(line)
                    if row["key"] in wanted:
                        known[row["key"]] = _completion.validate_python(row["completion"])
                except (json.JSONDecodeError, KeyError, TypeError, ValidationError):
                    continue
    return known


def _end_torn_line(journal: Path) -> None:
    """After a kill in the middle of a line, start a fresh one."""
    if journal.exists() and journal.stat().st_size:
        with open(journal, "rb+") as handle:
            handle.seek(-1, 2)
            if handle.read(1) != b"\n":
                handle.write(b"\n")
