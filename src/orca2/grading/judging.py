"""Open answers go to a judge: which model that is, what it is asked, and what its replies come to."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from orca2 import plugins
from orca2.asking.client import ModelClient
from orca2.asking.engine import Ask, run_all
from orca2.core.model import Model
from orca2.core.thinking import Thinking
from orca2.core.transcript import turns
from orca2.core.types import Completion, Message, Request, Task, Verdict
from orca2.errors import RecipeError
from orca2.grading import judge_prompts
from orca2.grading.settling import out_of_room, settled
from orca2.reading import expression_pool
from orca2.reading.places import looped
from orca2.reading.thoughts import without_thoughts


@dataclass(frozen=True, slots=True)
class JudgeClient:
    """Who judges open answers, and how. Judges of a `panel` are asked too; most of all of them decide."""

    client: ModelClient
    mode: Literal["score", "pairwise"]
    passing: int
    max_tokens: int
    panel: Mapping[str, ModelClient] = field(default_factory=dict)
    thinking: Thinking | None = None


def load_judge_client(
    base: Path, spec: Mapping[str, Any] | None, asking: Callable[[Model], ModelClient] = ModelClient
) -> JudgeClient | None:
    """The judge that the keys of a recipe's section `judge` name; None if there is no such section.

    `asking` gives the model what asking it needs; by default the user's cache and a ledger of its own.
    """
    if spec is None:
        return None

    def client(one: Mapping[str, Any], section: str) -> ModelClient:
        load = plugins.get("models", one["model"], base).load
        return asking(plugins.call(f"{section}.options", load, one["options"], base=base))

    panel = {name: client(one, f"judge.panel.{name}") for name, one in spec["panel"].items()}
    return JudgeClient(
        client(spec, "judge"), spec["mode"], spec["passing"], spec["max_tokens"], panel, spec.get("thinking")
    )


def named(judge_client: JudgeClient | None) -> JudgeClient:
    if judge_client is None:
        raise RecipeError('grader "judge" needs a model; add a section [judge] with model and options')
    return judge_client


def judge_all(rows: Mapping[int, tuple[Task, Completion]], judge_client: JudgeClient | None) -> dict[int, Verdict]:
    """What the judge says of each answer, asked all at once; RecipeError if there is no judge."""
    judge = named(judge_client)

    async def work(row: tuple[int, Task, Completion], ask: Ask) -> Verdict:
        return await judged(row[1], row[2], judge, ask)

    judging = ((index, *row) for index, row in rows.items())
    return {row[0]: verdict for row, verdict in run_all(judge.client, judging, work, "judge", len(rows))}


async def verdict(
    task: Task, completion: Completion, strict: bool, judge_client: JudgeClient | None, ask: Ask, limit: str = ""
) -> Verdict:
    """As `verdicts`, of one answer while others are still asked for: `ask` asks the judge too."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_threads(), settled, task, completion, strict, limit)
    return found if found is not None else await judged(task, completion, judge_client, ask)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    """Threads that grade, as many as processes that compare expressions: they wait for these."""
    return ThreadPoolExecutor(expression_pool.WORKERS, "orca2 grading")


async def judged(task: Task, completion: Completion, judge_client: JudgeClient | None, ask: Ask) -> Verdict:
    """What the judge says of an open answer, its thoughts left out."""
    cut = completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    text, in_thoughts = without_thoughts(loop or completion.text)
    if in_thoughts:
        return Verdict("truncated", None, "cut off while thinking", None, "judge", task.gold)
    judge = named(judge_client)
    clients = (judge.client, *judge.panel.values())
    votes = await asyncio.gather(*(_weighed(task, text, judge, client, ask) for client in clients))
    found = replace(majority(votes), grader="judge", gold=task.gold)
    return _cut_judged(found) if cut and not loop else found


def majority(votes: Sequence[Verdict]) -> Verdict:
    """What more than half of some judges say; ambiguous where they are divided."""
    if len(votes) == 1:
        return votes[0]
    counts = Counter(vote.outcome for vote in votes)
    outcome, count = counts.most_common(1)[0]
    said = f"{count} of {len(votes)} judges: {'; '.join(vote.why for vote in votes)}"
    return Verdict(outcome if 2 * count > len(votes) else "ambiguous", None, said)


def _cut_judged(verdict: Verdict) -> Verdict:
    cut = replace(verdict, outcome="truncated", why="cut at the token limit", where=None)
    return verdict if verdict.correct else cut


async def _weighed(task: Task, text: str, judge: JudgeClient, client: ModelClient, ask: Ask) -> Verdict:
    """What one judge says of an open answer."""
    rubric: judge_prompts.Rubric = task.grader_options.get("rubric", "")

    async def reply(prompt: tuple[Message, ...]) -> Completion:
        return await ask(Request(prompt, judge.max_tokens, thinking=judge.thinking), client)

    before = turns(task.before)
    if judge.mode == "score":
        scored = await reply(judge_prompts.score_prompt(task.target, text, task.prompt, rubric, before))
        return _failed(scored, judge) or judge_prompts.rubric_verdict(scored.text, rubric, judge.passing)
    if not task.target:
        return Verdict("failed", None, "there is no answer of the teacher's to judge it against", None, "judge")
    prompts = (
        judge_prompts.pair_prompt(text, task.target, task.prompt, rubric, before),
        judge_prompts.pair_prompt(task.target, text, task.prompt, rubric, before),
    )
    first, second = await asyncio.gather(*map(reply, prompts))
    failed = _failed(first, judge) or _failed(second, judge)
    return failed or judge_prompts.pair_verdict(first.text, second.text)


def _failed(reply: Completion, judge_client: JudgeClient) -> Verdict | None:
    why = reply.error
    if reply.finish_reason == "length" and not reply.text:
        why = out_of_room(reply, f"judge.max_tokens = {judge_client.max_tokens}")
    return Verdict("failed", None, f"the judge failed: {why}", None, "judge") if why else None
