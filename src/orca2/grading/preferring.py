"""Two answers to an open task before the judges of a run, in both orders, by the rubric of its family."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.preferring import Preference
from orca2.core.transcript import turns
from orca2.core.types import Completion, Request, Task
from orca2.errors import ModelError
from orca2.grading import judge_prompts
from orca2.grading.judging import JudgeClient
from orca2.grading.rating import preference
from orca2.reading.thoughts import without_thoughts

OWN = "judge"  # the recipe's own, among those of a panel that have names


@dataclass(frozen=True, slots=True)
class Rivals:
    """A task and two answers to it."""

    task: Task
    ours: str
    theirs: str


def prefer(judge: JudgeClient, rows: Sequence[Rivals], label: str) -> list[dict[str, Preference]]:
    """What each judge prefers, row by row; ModelError if the first of them gives no verdict at all."""
    clients = {OWN: judge.client, **judge.panel}

    async def work(row: tuple[int, Rivals], ask: Ask) -> dict[str, Preference]:
        found = await asyncio.gather(*(_preferred(row[1], judge, client, ask) for client in clients.values()))
        return dict(zip(clients, found, strict=True))

    found: dict[int, dict[str, Preference]] = {}
    for (index, _), said in run_all(judge.client, enumerate(rows), work, label, len(rows)):
        found[index] = said
    if rows and all(said[OWN] == "unread" for said in found.values()):
        raise ModelError(
            f"judge {judge.client.model.name}: none of {len(rows)} pairs got a verdict of the form 'Verdict: A' in both"
            " orders; name a model that follows instructions in [judge]"
        )
    return [found[index] for index in range(len(rows))]


async def _preferred(row: Rivals, judge: JudgeClient, client: ModelClient, ask: Ask) -> Preference:
    rubric: judge_prompts.Rubric = row.task.grader_options.get("rubric", "")
    ours, theirs = (without_thoughts(text)[0] for text in (row.ours, row.theirs))

    async def reply(first: str, second: str) -> Completion:
        prompt = judge_prompts.pair_prompt(first, second, row.task.prompt, rubric, turns(row.task.before))
        return await ask(Request(prompt, judge.max_tokens), client)

    first, second = await asyncio.gather(reply(ours, theirs), reply(theirs, ours))
    return preference(first.text, second.text)
