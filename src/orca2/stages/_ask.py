"""What several stages do alike: make requests, load the models of a recipe, judge what comes back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from orca2 import plugins
from orca2.asking.converse import converse
from orca2.core.erasing import gives_away
from orca2.core.nouns import Completion, Demonstration, Message, Request, Split, Strategy, Task, Verdict
from orca2.core.wording import wording
from orca2.errors import DataError, ModelError, RecipeError
from orca2.grading.judging import Panel, load_panel
from orca2.grading.verdicts import verdicts
from orca2.models._protocol import Model
from orca2.runfolder import RunFolder
from orca2.sections import Teacher
from orca2.strategies._loading import FIRST, load_all

SEEDS = ("seed", "data_seed")
STRATEGIES = ("strategies", "family_strategies")
TEACHER = ("teacher.model", "teacher.options", "teacher.max_tokens", "teacher.temperature")


def strategies(folder: RunFolder, family: str | None = None) -> tuple[Strategy, ...]:
    """The strategies for a family, in the recipe's order; without one, those of all families."""
    recipe = folder.recipe
    if family is not None:
        return load_all(tuple(recipe.family_strategies.get(family, recipe.strategies)), folder.base)
    named = [*recipe.strategies, *(name for names in recipe.family_strategies.values() for name in names)]
    return load_all(tuple(dict.fromkeys(named)), folder.base)


def pairs(folder: RunFolder, chosen: Sequence[Task]) -> list[tuple[Task, Strategy]]:
    """Each task with every strategy that its family has; RecipeError where the recipe does not fit the tasks."""
    families = folder.read_json("tasks.json", "tasks")["families"]
    for family in folder.recipe.family_strategies:
        if family not in families:
            near = plugins.suggest(family, list(families))
            raise RecipeError(f"family_strategies: no family {family!r}{near}; families: {', '.join(families)}")
    strategies(folder)  # two of one name, in whichever families, are said before anything is asked
    targets: dict[str, list[str]] = {}
    for task in chosen:
        targets.setdefault(task.family, []).append(task.target)
    for family, golds in targets.items():
        for strategy in strategies(folder, family):
            if (gold := gives_away(strategy, golds)) is not None:
                raise RecipeError(
                    f"strategies: {strategy.name} says {gold[:40]!r}, which is the target of a task of {family!r};"
                    f" reword it, so that it says how to find an answer and not which"
                )
    return [(task, strategy) for task in chosen for strategy in strategies(folder, task.family)]


def tasks(folder: RunFolder, split: Split) -> list[Task]:
    rows = folder.read_rows("tasks.jsonl", "tasks", Task)
    return [task for task in rows if task.split == split]


def check_cluster(test: Sequence[Task], column: str) -> None:
    """DataError where no task has the field that `evaluate.cluster` names."""
    if column and not any(task.fields.get(column) for task in test):
        known = sorted({name for task in test for name in task.fields})
        raise DataError(f"evaluate.cluster: no task has a field {column!r}; fields here: {', '.join(known) or 'none'}")


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
    given = {"count": count, "base": folder.base, "prices": spec.prices}
    model: Model = plugins.call("teacher.options", load, spec.options, **given)
    check_price(spec, model)
    return model


def check_price(spec: Teacher, model: Model) -> None:
    """RecipeError where what a teacher costs is to be bounded and its price is not known."""
    if spec.max_cost and getattr(model, "price", 0) is None:
        raise RecipeError(
            f"teacher.max_cost: no price of {model.name} is known; add teacher.prices = {{ in = ..., out = ... }},"
            " dollars for a million tokens"
        )


def student(folder: RunFolder, checkpoint: str | None) -> Model:
    """A checkpoint of the run folder by its name, or the untouched student of the recipe for None."""
    from orca2.models.transformers import load

    spec = folder.recipe.student
    if checkpoint is None:
        return load(spec.model, folder.base, spec.device, batch_tokens=spec.batch_tokens)
    return load(checkpoint, folder.path, spec.device, batch_tokens=spec.batch_tokens)


def request(task: Task, system: str, max_tokens: int, strategy: str | None = None, **sampling: Any) -> Request:
    messages = (Message("system", system), Message("user", task.prompt))
    return Request(messages, max_tokens, task=task, strategy=strategy, **sampling)


def opening(folder: RunFolder, task: Task, strategy: Strategy) -> Request:
    """The first call to the teacher for a task under a strategy."""
    spec, seed = folder.recipe.teacher, folder.recipe.drawn_with
    system = wording(strategy, task.id, seed)
    return request(task, system, spec.max_tokens, strategy.name, temperature=spec.temperature, seed=seed)


def demonstrate(
    folder: RunFolder, model: Model, pairs: Sequence[tuple[Task, Strategy]], label: str
) -> list[Demonstration]:
    """Ask the teacher each task under its strategy, in all its calls; ModelError if not one task succeeds."""
    requests = [opening(folder, task, strategy) for task, strategy in pairs]
    talks = converse(folder.asker(model), requests, [strategy.calls for _, strategy in pairs], FIRST, label)
    check_answers(model, [talk.completion for talk in talks])
    return [
        Demonstration(task.id, task.family, strategy.name, asked.messages, talk.completion, earlier=talk.earlier)
        for (task, strategy), asked, talk in zip(pairs, requests, talks, strict=True)
    ]


def check_answers(model: Model, completions: Sequence[Completion]) -> None:
    """ModelError if not one call has succeeded."""
    failures = [completion.error for completion in completions if completion.error]
    if completions and len(failures) == len(completions):
        raise ModelError(f"teacher {model.name}: all {len(completions)} calls failed, the first with: {failures[0]}")


def panel(folder: RunFolder) -> Panel | None:
    """Who judges open answers in this run."""
    judge = folder.recipe.judge
    return load_panel(folder.base, judge.model_dump() if judge else None, folder.asker)


def graded(
    folder: RunFolder, answered: Sequence[Task], completions: Sequence[Completion], strict: bool = False
) -> list[Verdict]:
    return verdicts(answered, completions, strict, panel(folder))


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
    """The tokens of all their calls."""
    calls = [c for shown in demonstrations for c in (*(e.completion for e in shown.earlier), shown.completion)]
    return {
        "tokens_in": sum(completion.tokens_in for completion in calls),
        "tokens_out": sum(completion.tokens_out for completion in calls),
    }


def explained(folder: RunFolder) -> str | None:
    """The name of the explained student's checkpoint, or None where that stage was skipped."""
    skipped = "skipped" in folder.read_json("explain.json", "explain")
    return None if skipped else folder.file("explained", "explain").name
