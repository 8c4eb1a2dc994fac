"""Every question asked once: answers go to a file as they come, and a killed run goes on from it.

The cache of answers holds most of them too; this file also holds those of models whose answers are not kept there,
and makes the folder whole by itself. A line torn by a kill is owed again.
"""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.benchmarks import Item
from orca2.core.model import HttpModel
from orca2.core.types import Completion, Message, Request
from orca2.errors import ModelError
from orca2.files import hash_json

Said = tuple[Completion, ...]  # one answer a turn


@dataclass(frozen=True, slots=True)
class Asked:
    """An item under a system message, with the turns that are shown before it."""

    item: Item
    system: str
    opening: tuple[Message, ...]
    max_tokens: int

    def key(self, model: str) -> str:
        """By everything that can change the answer."""
        turns = [(message.role, message.content) for message in self.opening]
        return hash_json([model, turns, self.item.task.prompt, self.item.follow_ups, self.max_tokens])[:32]


def collect(client: ModelClient, rows: Sequence[Asked], path: Path) -> list[Said]:
    """The answers of `rows`, in their order; only those that `path` does not hold are asked for.

    ModelError if an endpoint leaves the shortest question without an answer, or if all answers are empty.
    """
    known = _read(path)
    keys = [row.key(client.model.name) for row in rows]
    owed = [(key, row) for key, row in dict(zip(keys, rows, strict=True)).items() if key not in known]
    if owed and isinstance(client.model, HttpModel):  # one alone: what does not answer is not asked all the rest
        first = min(owed, key=lambda row: len(row[1].item.task.prompt))
        _ask(client, [first], path, known, "")
        if (error := known[first[0]][-1].error) is not None:
            raise ModelError(f"{client.model.name} does not answer: {error}; nothing else was asked")
        owed = [row for row in owed if row is not first]
    if owed:
        _ask(client, owed, path, known, "answers")
    found = [known[key] for key in keys]
    if found and not any(completion.text for said in found for completion in said):
        failed = next((said[-1].error for said in found if said[-1].error), None)
        why = f"all fail, the first with: {failed}" if failed else "all are empty"
        raise ModelError(f"{client.model.name}: of {len(found)} answers {why}; try the model with one question first")
    return found


def _ask(
    client: ModelClient, owed: Sequence[tuple[str, Asked]], path: Path, known: dict[str, Said], label: str
) -> None:
    async def one(row: tuple[str, Asked], ask: Ask) -> Said:
        return await _converse(row[1], ask)

    with open(path, "a", encoding="utf-8") as file:
        for (key, _), said in run_all(client, owed, one, label, len(owed)):
            known[key] = said
            if all(completion.error is None for completion in said):  # a failure is asked for again
                parts = [dataclasses.asdict(completion) for completion in said]
                file.write(json.dumps({"key": key, "said": parts}) + "\n")
                file.flush()


async def _converse(row: Asked, ask: Ask) -> Said:
    """Each turn in full, also after one that was cut off: a benchmark's second question stands by itself."""
    messages, said = [*row.opening, Message("user", row.item.task.prompt)], list[Completion]()
    for follow_up in (*row.item.follow_ups, None):
        completion = await ask(Request(tuple(messages), row.max_tokens, task=row.item.task))
        said.append(completion)
        if completion.error is not None or follow_up is None:
            break
        messages += [Message("assistant", completion.text), Message("user", follow_up)]
    return tuple(said)


def _read(path: Path) -> dict[str, Said]:
    """What the file holds; what a kill tore off its end goes."""
    known: dict[str, Said] = {}
    if not path.exists():
        return known
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        with open(path, "r+b") as file:
            file.truncate(len(whole))
    for line in whole.splitlines():
        try:
            row: dict[str, Any] = json.loads(line)
            known[row["key"]] = tuple(Completion(**part) for part in row["said"])
        except (ValueError, KeyError, TypeError):
            continue  # no answer of ours: asked for again
    return known
