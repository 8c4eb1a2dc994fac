"""Requests to the models of a run, the teacher's demonstrations, and the verdicts on what comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from orca2.asking.converse import converse
from orca2.core.counts import DemonstrationCounts
from orca2.core.eliciting import aloud, with_thought, written
from orca2.core.model import Model
from orca2.core.types import Completion, Demonstration, Request, Strategy, Task, Verdict
from orca2.core.wording import asked, instructed_system
from orca2.grading.verdicts import verdicts
from orca2.progress import console
from orca2.run.eliciting import Aloud, thinks_aloud
from orca2.run.folder import RunFolder
from orca2.run.models import check_answers, load_judge
from orca2.run.tasks import strategies_of
from orca2.sections import ModelAsked
from orca2.strategies import FIRST

NONE: Aloud = MappingProxyType({})


def request_for(task: Task, system: str, max_tokens: int, strategy: str | None = None, **sampling: Any) -> Request:
    """A task under a whole system message, the task's own part of it included."""
    return Request(asked(task, system), max_tokens, task=task, strategy=strategy, **sampling)


def first_request(
    folder: RunFolder, task: Task, strategy: Strategy, teacher: ModelAsked | None = None, spoken: Aloud = NONE
) -> Request:
    """The first call to the recipe's teacher, or to another one, for a task under a strategy, which says how much to
    think or leaves it to the teacher's section; under those of `spoken` the teacher thinks in its text."""
    spec, seed = teacher or folder.recipe.teacher, folder.recipe.drawn_with
    system = instructed_system(strategy, task, seed)
    thinking = spec.thinking if strategy.thinking is None else strategy.thinking
    if strategy.name in spoken:
        system, thinking = aloud(system), spoken[strategy.name]
    sampling = {"temperature": spec.temperature, "seed": seed, "thinking": thinking}
    return request_for(task, system, spec.max_tokens, strategy.name, **sampling)


def demonstrate(
    folder: RunFolder, model: Model, pairs: Sequence[tuple[Task, Strategy]], label: str
) -> list[Demonstration]:
    """Ask the teacher each task under its strategy, in all its calls; ModelError if not one task succeeds."""
    client = folder.client(model)
    spoken = thinks_aloud(client, [(*pair, first_request(folder, *pair)) for pair in pairs])
    requests = [first_request(folder, task, strategy, spoken=spoken) for task, strategy in pairs]
    chains = converse(client, requests, [strategy.calls for _, strategy in pairs], FIRST, label)
    completions = [chain.completion for chain in chains]
    check_answers(model, completions)
    say_out_of_room(completions, teacher_limit(folder))
    return [
        Demonstration(
            task.id,
            task.family,
            strategy.name,
            request.messages,
            chain.completion,
            None,
            chain.earlier,
            system=task.system,
        )
        for (task, strategy), request, chain in zip(pairs, requests, chains, strict=True)
    ]


def teacher_limit(folder: RunFolder) -> str:
    """What bounds the teacher's answers: the key of the recipe with its value."""
    return f"teacher.max_tokens = {folder.recipe.teacher.max_tokens}"


def say_out_of_room(completions: Sequence[Completion], limit: str) -> None:
    """Say how many answers hold nothing but thoughts, since these took all that `limit` allows."""
    cut = [one for one in completions if one.finish_reason == "length" and not one.text.strip()]
    if count := sum(bool(one.reasoning or one.reasoning_tokens) for one in cut):
        console.print(f"  {count} of {len(completions)} answers end while thinking: raise {limit}", soft_wrap=True)


def grade_answers(
    folder: RunFolder, answered: Sequence[Task], completions: Sequence[Completion], limit: str, strict: bool = False
) -> list[Verdict]:
    """The verdicts on completions, by the graders of their tasks and the run's judge. `limit` is the key of the recipe
    that bounds them, with its value."""
    return verdicts(answered, completions, strict, load_judge(folder), limit)


def with_verdicts(
    folder: RunFolder, demonstrations: Sequence[Demonstration], by_id: dict[str, Task]
) -> list[Demonstration]:
    """The same demonstrations, each with its verdict."""
    answered = [by_id[shown.task] for shown in demonstrations]
    completions = [shown.completion for shown in demonstrations]
    found = grade_answers(folder, answered, completions, teacher_limit(folder), strict=True)
    think = {strategy.name for strategy in strategies_of(folder) if written(strategy) == "thought"}
    return [
        replace(shown, verdict=with_thought(shown.completion, verdict) if shown.strategy in think else verdict)
        for shown, verdict in zip(demonstrations, found, strict=True)
    ]


def count_outcomes(judged: Sequence[Demonstration]) -> DemonstrationCounts:
    """What became of demonstrations that have their verdicts."""
    outcomes = Counter[str](shown.verdict.outcome for shown in judged if shown.verdict)
    accepted = outcomes.pop("correct", 0)
    assert accepted + outcomes.total() == len(judged), "every demonstration has one verdict"
    return DemonstrationCounts(asked=len(judged), accepted=accepted, rejected=dict(outcomes))


def count_tokens(demonstrations: Iterable[Demonstration]) -> tuple[int, int, int]:
    """The tokens of all their calls: asked, answered, and those of the latter that were thoughts."""
    calls = [c for shown in demonstrations for c in (*(e.completion for e in shown.earlier), shown.completion)]
    return (
        sum(call.tokens_in for call in calls),
        sum(call.tokens_out for call in calls),
        sum(call.reasoning_tokens for call in calls),
    )
