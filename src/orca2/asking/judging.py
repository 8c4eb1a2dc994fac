"""From completions to verdicts: what cut-off, empty and failed answers count as, and who is asked about open ones."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from orca2 import plugins
from orca2.asking.engine import Ask, Asker, each
from orca2.core.nouns import Completion, Message, Request, Task, Verdict
from orca2.errors import RecipeError
from orca2.graders import _pool, auto, judge, math
from orca2.graders._reading import LAST, looped
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


def verdicts(
    tasks: Sequence[Task], completions: Sequence[Completion], strict: bool, panel: Panel | None = None
) -> list[Verdict]:
    """Grade each answer with its task's own grader, in order; nothing that a model writes makes it raise.

    An answer cut at the token limit is truncated when `strict`: a demonstration cut short must never be
    trained on. A zero-shot answer that stated the right thing, or repeats it to the end, is given the
    benefit, so that a rambling base model is not undersold; any other counts as truncated, with the answer
    that was read.
    """
    rows = list(zip(tasks, completions, strict=True))
    slow = [index for index, (task, _) in enumerate(rows) if _grader(task) is math]
    with ThreadPoolExecutor(_pool.WORKERS) as pool:  # a thread for each process that compares expressions
        found = dict(zip(slow, pool.map(lambda index: _settled(*rows[index], strict), slow), strict=True))
    found |= {index: _settled(*row, strict) for index, row in enumerate(rows) if index not in found}
    opened = [index for index, verdict in found.items() if verdict is None]
    if opened:
        asker = _named(panel).asker
        judged = each(asker, iter(opened), lambda index, ask: _judged(*rows[index], panel, ask), "judge", len(opened))
        found |= dict(judged)
    return [verdict for index in range(len(rows)) if (verdict := found[index]) is not None]


async def verdict(
    task: Task, completion: Completion, strict: bool, panel: Panel | None, ask: Ask, threads: ThreadPoolExecutor
) -> Verdict:
    """As `verdicts`, of one answer while others are still asked for: `ask` asks the judge too."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(threads, _settled, task, completion, strict)
    return found if found is not None else await _judged(task, completion, panel, ask)


def _settled(task: Task, completion: Completion, strict: bool) -> Verdict | None:
    """The verdict that needs no judge; None if one has to be asked."""
    if (unreadable := _unreadable(completion, strict)) is not None:
        return unreadable
    cut = completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    grader = _grader(task)
    found: Verdict = grader.grade(task.target, loop or completion.text, task.prompt)
    if grader is judge and not found.correct:
        return None
    return _cut(found) if cut and not loop else found


def _unreadable(completion: Completion, strict: bool) -> Verdict | None:
    """The verdict on an answer that no grader needs to see."""
    if completion.finish_reason == "error":
        return Verdict("failed", None, completion.error or "the call failed")
    if not completion.text.strip():
        return Verdict("unextracted", None, "empty answer")
    if completion.finish_reason == "length" and strict:
        return Verdict("truncated", None, "cut at the token limit")
    return None


def _cut(verdict: Verdict) -> Verdict:
    """What a cut answer comes to: its last statement is no conclusion, so only a stated answer counts."""
    if verdict.correct and not verdict.why.startswith(LAST):
        return verdict
    return Verdict("truncated", verdict.answer, "cut at the token limit")


def _grader(task: Task) -> ModuleType:
    module = plugins.get("graders", task.grader)
    return auto.pick(task.target, task.prompt) if module is auto else module


def _named(panel: Panel | None) -> Panel:
    if panel is None:
        raise RecipeError('grader "judge" needs a model; add a section [judge] with model and options')
    return panel


async def _judged(task: Task, completion: Completion, panel: Panel | None, ask: Ask) -> Verdict:
    """What the judge says of an open answer."""
    named, cut = _named(panel), completion.finish_reason == "length"
    loop = looped(completion.text) if cut else None
    found = await _weighed(task, loop or completion.text, named, ask)
    return _cut(found) if cut and not loop else found


async def _weighed(task: Task, text: str, panel: Panel, ask: Ask) -> Verdict:
    async def reply(prompt: tuple[Message, ...]) -> Completion:
        return await ask(Request(prompt, panel.max_tokens), panel.asker)

    if panel.mode == "score":
        scored = await reply(judge.score_prompt(task.target, text, task.prompt))
        return _failed(scored) or judge.score_verdict(scored.text, panel.passing)
    prompts = judge.pair_prompt(text, task.target, task.prompt), judge.pair_prompt(task.target, text, task.prompt)
    first, second = await asyncio.gather(*map(reply, prompts))
    return _failed(first) or _failed(second) or judge.pair_verdict(first.text, second.text)


def _failed(reply: Completion) -> Verdict | None:
    return Verdict("failed", None, f"the judge failed: {reply.error}") if reply.error else None
