"""Trials of strategies: the tasks of each family in the order in which they are tried, and one round of tries."""

from collections.abc import Callable, Sequence
from random import Random

from orca2.asking.ask import ask
from orca2.core.model import Model
from orca2.core.types import Strategy, Task, Trial
from orca2.core.wording import instructed_system
from orca2.errors import DataError, ModelError
from orca2.progress import console
from orca2.run.demonstrating import grade_answers, request_for, say_out_of_room
from orca2.run.folder import RunFolder
from orca2.run.tasks import read_tasks


def profile_pools(folder: RunFolder) -> dict[str, list[Task]]:
    """The profile tasks of each family of the run, shuffled; a family without any has an empty list."""
    found: dict[str, list[Task]] = {task.family: [] for task in read_tasks(folder, "train")}
    for task in read_tasks(folder, "profile"):
        found.setdefault(task.family, []).append(task)
    if not any(found.values()):
        raise DataError("profile: no task is in the profile split; widen tasks.splits.profile")
    for family, pool in found.items():
        Random(f"{folder.recipe.seed}/{family}").shuffle(pool)
    return dict(sorted(found.items()))


def run_trials(
    folder: RunFolder,
    model: Model,
    pairs: Sequence[tuple[Task, Strategy]],
    label: str = "",
    told: Callable[[int], None] | None = None,
) -> list[Trial]:
    """Each task under its strategy, asked and graded; ModelError if not one call succeeds."""
    spec, seed, explain = folder.recipe.profile, folder.recipe.seed, folder.recipe.explain
    # a student that has learned to follow strategies thinks at its instruction; any other model is switched as they say
    switched = spec.subject == "teacher" or not (explain.tasks or explain.stages)
    requests = [
        request_for(
            task, instructed_system(strategy, task, seed), spec.max_tokens, strategy.name, seed=seed,
            thinking=strategy.thinking if switched else None,
        )
        for task, strategy in pairs
    ]  # fmt: skip
    completions = ask(folder.client(model), requests, label, told)
    if failed := [completion.error for completion in completions if completion.error]:
        if len(failed) == len(pairs):
            raise ModelError(f"profile: all {len(pairs)} trials failed, the first with: {failed[0]}")
        console.print(f"  {len(failed)} of {len(pairs)} trials failed and count as not correct: {failed[0]}")
    limit = f"profile.max_tokens = {spec.max_tokens}"
    say_out_of_room(completions, limit)
    found = grade_answers(folder, [task for task, _ in pairs], completions, limit)
    return [
        Trial(task.id, task.family, strategy.name, completion, verdict)
        for (task, strategy), completion, verdict in zip(pairs, completions, found, strict=True)
    ]
