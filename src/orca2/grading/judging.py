"""Open answers go to a judge: which model that is, what it is asked, and what its replies come to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from orca2 import plugins
from orca2.asking.engine import Ask, Asker
from orca2.core.nouns import Completion, Message, Request, Task, Verdict
from orca2.errors import RecipeError
from orca2.grading import judge_prompts
from orca2.models._protocol import Model


@dataclass(frozen=True, slots=True)
class Panel:
    """Who judges open answers, and how."""

    asker: Asker
    mode: Literal["score", "pairwise"]
    passing: int
    max_tokens: int


def load_panel(base: Path, spec: Mapping[str, Any] | None, asking: Callable[[Model], Asker] = Asker) -> Panel | None:
    """The judge that the keys of a recipe's section `judge` name; None if there is no such section.

    `asking` gives the model what asking it needs; by default the user's cache and a ledger of its own.
    """
    if spec is None:
        return None
    load = plugins.get("models", spec["model"], base).load
    model = plugins.call("judge.options", load, spec["options"], base=base)
    return Panel(asking(model), spec["mode"], spec["passing"], spec["max_tokens"])


def named(panel: Panel | None) -> Panel:
    if panel is None:
        raise RecipeError('grader "judge" needs a model; add a section [judge] with model and options')
    return panel


async def judged(task: Task, text: str, panel: Panel, ask: Ask) -> Verdict:
    """What the judge says of an open answer."""

    async def reply(prompt: tuple[Message, ...]) -> Completion:
        return await ask(Request(prompt, panel.max_tokens), panel.asker)

    if panel.mode == "score":
        scored = await reply(judge_prompts.score_prompt(task.target, text, task.prompt))
        return _failed(scored) or judge_prompts.score_verdict(scored.text, panel.passing)
    prompts = (
        judge_prompts.pair_prompt(text, task.target, task.prompt),
        judge_prompts.pair_prompt(task.target, text, task.prompt),
    )
    first, second = await asyncio.gather(*map(reply, prompts))
    return _failed(first) or _failed(second) or judge_prompts.pair_verdict(first.text, second.text)


def _failed(reply: Completion) -> Verdict | None:
    return Verdict("failed", None, f"the judge failed: {reply.error}", None, "judge") if reply.error else None
