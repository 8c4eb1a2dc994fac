"""Requests to the models of a run, the teacher's demonstrations, and the verdicts on what comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from orca2.asking.converse import converse
from orca2.core.counts import DemonstrationCounts
from orca2.core.model import Model
from orca2.core.types import Completion, Demonstration, Request, Strategy, Task, Verdict
from orca2.core.wording import asked, instructed_system
from orca2.grading.verdicts import verdicts
from orca2.progress import console
from orca2.reading.thoughts import split_thoughts
from orca2.run.folder import RunFolder
from orca2.run.models import check_answers, load_judge
from orca2.sections import ModelAsked
from orca2.strategies import FIRST


def request_for(task: Task, system: str, max_tokens: int, strategy: str | None = None, **sampling: Any) -> Request:
    """A task under a whole system message, the task's own part of it included."""
    return Request(asked(task, system), max_tokens, task=task, strategy=strategy, **sampling)


def first_request(folder: RunFolder, task: Task, strategy: Strategy, teacher: ModelAsked | None = None) -> Request:
    """The first call to the recipe's teacher, or to another one, for a task under a strategy."""
    spec, seed = teacher or folder.recipe.teacher, folder.recipe.drawn_with
    system = instructed_system(strategy, task, seed)
    sampling = {"temperature": spec.temperature, "seed": seed, "thinking": spec.thinking}
    return request_for(task, system, spec.max_tokens, strategy.name, **sampling)


def demonstrate(
    folder: RunFolder, model: Model, pairs: Sequence[tuple[Task, Strategy]], label: str
) -> list[Demonstration]:
    """Ask the teacher each task under its strategy, in all its calls; ModelError if not one task succeeds."""
    requests = [first_request(folder, task, strategy) for task, strategy in pairs]
    chains = converse(folder.client(model), requests, [strategy.calls for _, strategy in pairs], FIRST, label)
    completions = [chain.completion for chain in chains]
    check_answers(model, completions)
    say_out_of_room(completions, teacher_limit(folder))
    return [
        Demonstration(
            task.id,
            task.family,
            strategy.name,
            request.messages,
            apart(chain.completion),
            None,
            chain.earlier,
            system=task.system,
        )
        for (task, strategy), request, chain in zip(pairs, requests, chains, strict=True)
    ]


def apart(completion: Completion) -> Completion:
    """A teacher's answer with the thoughts that it wrote into its text taken out; one that is nothing else stays as it
    is."""
    split = split_thoughts(completion.text)
    if split is None or split.cut:
        return completion
    return replace(completion, text=split.answer.strip(), reasoning=completion.reasoning or split.thought)


def teacher_limit(folder: RunFolder) -> str:
    """What bounds the teacher's answers: the key of the recipe with its value."""
    return f"teacher.max_tokens = {folder.recipe.teacher.max_tokens}"


def say_out_of_room(completions: Sequence[Completion], limit: str) -> None:
    """Say how many answers hold nothing but thoughts, since these took all that `limit` allows."""
    if count := sum(one.finish_reason == "length" and not one.text.strip() for one in completions):
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
    return [replace(shown, verdict=verdict) for shown, verdict in zip(demonstrations, found, strict=True)]


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
