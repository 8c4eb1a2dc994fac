"""What several stages do alike: make requests, load the models of a recipe, judge what comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from orca2 import plugins
from orca2.asking.ask import ask
from orca2.asking.judging import load_panel, verdicts
from orca2.core.nouns import Completion, Demonstration, Message, Request, Split, Strategy, Task, Verdict
from orca2.errors import ModelError, RecipeError
from orca2.models._protocol import Model
from orca2.runfolder import RunFolder


def strategies(folder: RunFolder) -> tuple[Strategy, ...]:
    """The strategies that the recipe names, in its order."""
    found = []
    for name in folder.recipe.strategies:
        module = plugins.get("strategies", name, folder.base)
        if not isinstance(getattr(module, "STRATEGY", None), Strategy):
            raise RecipeError(f"strategies: {name} defines no STRATEGY; see docs/strategies.md")
        found.append(module.STRATEGY)
    return tuple(found)


def tasks(folder: RunFolder, split: Split) -> list[Task]:
    rows = folder.read_rows("tasks.jsonl", "tasks", Task)
    return [task for task in rows if task.split == split]


def per_family(rows: Iterable[Task], most: int) -> list[Task]:
    """The first `most` tasks of each family, in the order given."""
    seen: Counter[str] = Counter()
    kept = []
    for task in rows:
        seen[task.family] += 1
        if seen[task.family] <= most:
            kept.append(task)
    return kept


def teacher(folder: RunFolder) -> Model:
    from orca2.models._loading import load_tokenizer, locate
    from orca2.models.transformers import counter

    spec = folder.recipe.teacher
    count = counter(load_tokenizer(locate(folder.recipe.student.model, folder.base)))
    load = plugins.get("models", spec.model, folder.base).load
    model: Model = plugins.call("teacher.options", load, spec.options, count=count, base=folder.base)
    return model


def student(folder: RunFolder, checkpoint: str | None) -> Model:
    """A checkpoint of the run folder by its name, or the untouched student of the recipe for None."""
    from orca2.models.transformers import load

    spec = folder.recipe.student
    if checkpoint is None:
        return load(spec.model, folder.base, spec.device)
    return load(checkpoint, folder.path, spec.device)


def request(task: Task, system: str, max_tokens: int, strategy: str | None = None, **sampling: Any) -> Request:
    messages = (Message("system", system), Message("user", task.prompt))
    return Request(messages, max_tokens, task=task, strategy=strategy, **sampling)


def demonstrate(
    folder: RunFolder, model: Model, pairs: Sequence[tuple[Task, Strategy]], label: str
) -> list[Demonstration]:
    """Ask the teacher each task under its strategy; ModelError if not one call succeeds."""
    spec, seed = folder.recipe.teacher, folder.recipe.seed
    requests = [
        request(
            task,
            wording(strategy, task),
            spec.max_tokens,
            strategy.name,
            temperature=spec.temperature,
            seed=seed,
        )
        for task, strategy in pairs
    ]
    completions = ask(model, requests, folder.journal, label)
    failures = [completion.error for completion in completions if completion.error]
    if pairs and len(failures) == len(pairs):
        raise ModelError(f"teacher {model.name}: all {len(pairs)} calls failed, the first with: {failures[0]}")
    return [
        Demonstration(task.id, task.family, strategy.name, asked.messages, completion)
        for (task, strategy), asked, completion in zip(pairs, requests, completions, strict=True)
    ]


def wording(strategy: Strategy, task: Task) -> str:
    """One of the strategy's wordings, fixed by the task's content."""
    return strategy.instructions[int(task.id, 16) % len(strategy.instructions)]


def graded(
    folder: RunFolder, answered: Sequence[Task], completions: Sequence[Completion], strict: bool = False
) -> list[Verdict]:
    judge = folder.recipe.judge
    panel = load_panel(folder.journal, folder.base, judge.model_dump() if judge else None)
    return verdicts(answered, completions, strict, panel)


def verify(folder: RunFolder, demonstrations: Sequence[Demonstration], by_id: dict[str, Task]) -> list[Demonstration]:
    """The same demonstrations, each with its verdict."""
    answered = [by_id[shown.task] for shown in demonstrations]
    found = graded(folder, answered, [shown.completion for shown in demonstrations], strict=True)
    return [replace(shown, verdict=verdict) for shown, verdict in zip(demonstrations, found, strict=True)]


def ledger(judged: Sequence[Demonstration]) -> dict[str, Any]:
    """asked = accepted + rejected, by reason."""
    outcomes = Counter(shown.verdict.outcome for shown in judged if shown.verdict)
    accepted = outcomes.pop("correct", 0)
    assert accepted + sum(outcomes.values()) == len(judged), "every demonstration has one verdict"
    return {"asked": len(judged), "accepted": accepted, "rejected": dict(outcomes)}


def tokens(demonstrations: Iterable[Demonstration]) -> dict[str, int]:
    shown = list(demonstrations)
    return {
        "tokens_in": sum(d.completion.tokens_in for d in shown),
        "tokens_out": sum(d.completion.tokens_out for d in shown),
    }


def explained(folder: RunFolder) -> str | None:
    """The name of the explained student's checkpoint, or None where that stage was skipped."""
    skipped = "skipped" in folder.read_json("explain.json", "explain")
    return None if skipped else folder.file("explained", "explain").name
