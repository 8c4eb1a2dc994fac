"""From completions to verdicts: what cut-off, empty and failed answers count as, and who is asked about open ones."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from orca2 import plugins
from orca2.asking.ask import ask
from orca2.asking.engine import Asker
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
    settled: list[Verdict | None] = [_unreadable(completion, strict) for _, completion in rows]
    owed = [index for index, verdict in enumerate(settled) if verdict is None]
    graders = {index: _grader(rows[index][0]) for index in owed}
    cut = {index for index in owed if rows[index][1].finish_reason == "length"}
    loops = {index: loop for index in cut if (loop := looped(rows[index][1].text))}

    def grade(index: int) -> Verdict:
        task, completion = rows[index]
        text = loops.get(index, completion.text)
        verdict: Verdict = graders[index].grade(task.target, text, task.prompt)
        return verdict

    slow = [index for index in owed if graders[index] is math]
    with ThreadPoolExecutor(_pool.WORKERS) as pool:  # a thread for each process that compares expressions
        found = dict(zip(slow, pool.map(grade, slow), strict=True))
    found |= {index: grade(index) for index in owed if graders[index] is not math}
    opened = [index for index in owed if graders[index] is judge and not found[index].correct]
    if opened:
        asked = [(rows[index][0], rows[index][1].text) for index in opened]
        found |= dict(zip(opened, _ask_panel(asked, panel), strict=True))
    return [
        verdict if verdict is not None else _cut(found[index]) if index in cut - loops.keys() else found[index]
        for index, verdict in enumerate(settled)
    ]  # fmt: skip


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


def _ask_panel(rows: Sequence[tuple[Task, str]], panel: Panel | None) -> list[Verdict]:
    if panel is None:
        raise RecipeError('grader "judge" needs a model; add a section [judge] with model and options')

    def replies(prompts: Sequence[tuple[Message, ...]]) -> list[Completion]:
        requests = [Request(messages, panel.max_tokens) for messages in prompts]
        return ask(panel.asker, requests, "judge")

    if panel.mode == "score":
        scored = replies([judge.score_prompt(task.target, text, task.prompt) for task, text in rows])
        return [_failed(reply) or judge.score_verdict(reply.text, panel.passing) for reply in scored]
    as_a = [judge.pair_prompt(text, task.target, task.prompt) for task, text in rows]
    as_b = [judge.pair_prompt(task.target, text, task.prompt) for task, text in rows]
    both = replies([*as_a, *as_b])
    pairs = zip(both[: len(rows)], both[len(rows) :], strict=True)
    return [_failed(first) or _failed(second) or judge.pair_verdict(first.text, second.text) for first, second in pairs]


def _failed(reply: Completion) -> Verdict | None:
    return Verdict("failed", None, f"the judge failed: {reply.error}") if reply.error else None
