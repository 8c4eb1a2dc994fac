"""The student tried at points of its explanation tuning, and what those trials say of where it is heading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from orca2.core.model import Model
from orca2.core.records import Explanation
from orca2.core.trend import Curves, Forecast, Point, forecasts
from orca2.core.types import Strategy, Task, Trial
from orca2.files import hash_json
from orca2.run.demonstrating import grade_answers
from orca2.run.folder import RunFolder
from orca2.run.tasks import pair_with_strategies, read_tasks
from orca2.run.trials import profile_pools, run_trials

FILE = "eval-points.jsonl"
MIN_ASKED = 10  # demonstrations asked of the teacher; below, its rate is no ceiling


@dataclass(frozen=True, slots=True)
class EvalTrial:
    """One trial on the way, after this share of the lessons."""

    learned: float
    trial: Trial


Tried = Mapping[str, Mapping[str, Sequence[Trial]]]  # by family and strategy


def planned(folder: RunFolder) -> str:
    """A hash of what is tried on the way."""
    tried = [(task.id, strategy.name) for task, strategy in _pairs(folder)]
    return hash_json([tried, folder.recipe.explain.eval_points, folder.recipe.profile.model_dump()])


def regrade(folder: RunFolder) -> None:
    """Read the answers on the way with the graders that their tasks have by now."""
    by_id = {task.id: task for task in read_tasks(folder, "profile")}
    rows = [row for row in folder.read_rows(FILE, "explain", EvalTrial) if row.trial.task in by_id]
    tried, answers = [by_id[row.trial.task] for row in rows], [row.trial.completion for row in rows]
    verdicts = grade_answers(folder, tried, answers, f"profile.max_tokens = {folder.recipe.profile.max_tokens}")
    folder.write_rows(
        FILE,
        [replace(row, trial=replace(row.trial, verdict=verdict)) for row, verdict in zip(rows, verdicts, strict=True)],
    )


def _pairs(folder: RunFolder) -> list[tuple[Task, Strategy]]:
    some = {family: pool[: folder.recipe.explain.eval_tasks] for family, pool in profile_pools(folder).items()}
    chosen = folder.recipe.profile.choose
    return pair_with_strategies(folder, [task for family in some if family not in chosen for task in some[family]])


def evaluate(folder: RunFolder, learned: float, student: Model, told: Callable[[int, int], None]) -> None:
    """Try a student that has learned this share of its lessons, and tell how many of how many answers are there; the
    trials are added to the file."""
    pairs = _pairs(folder)
    student.keep = False  # no name is its own: the cache must not take its answers for another's
    told(0, len(pairs))
    trials = run_trials(folder, student, pairs, told=lambda done: told(done, len(pairs)))
    folder.append_rows(FILE, [EvalTrial(learned, trial) for trial in trials])


def curves(folder: RunFolder, tried: Tried) -> Curves:
    """Learning curves of the families whose every strategy was tried on the way; the profile's trials end them."""
    if FILE not in folder.record["stages"]["explain"]["files"]:
        return {}
    right_at: dict[tuple[str, str], dict[float, dict[str, bool]]] = {}
    for row in folder.read_rows(FILE, "explain", EvalTrial):
        trial = row.trial  # of two trials at one point, as after a kill, the later one counts
        cell = right_at.setdefault((trial.family, trial.strategy), {})
        cell.setdefault(row.learned, {})[trial.task] = trial.verdict.correct
    cells = folder.read_noun("explain.json", "explain", Explanation).cells
    epochs = folder.recipe.explain.epochs
    lines: dict[str, dict[str, list[Point]]] = {}
    for family, strategies in tried.items():
        for name, trials in strategies.items():
            lessons = epochs * cells.get(f"{family} {name}", 0)
            on_the_way = right_at.get((family, name), {})
            if lessons and on_the_way and trials:
                points = [Point(share * lessons, sum(r.values()), len(r)) for share, r in sorted(on_the_way.items())]
                right = sum(trial.verdict.correct for trial in trials)
                lines.setdefault(family, {})[name] = [*points, Point(lessons, right, len(trials))]
    return {family: strategies for family, strategies in lines.items() if strategies.keys() == tried[family].keys()}


def forecast_families(folder: RunFolder, lines: Curves) -> dict[str, Forecast]:
    """Where each strategy stands once the lessons of the stage train are learned too, had it all of its family's."""
    if not lines:
        return {}
    recipe, made = folder.recipe, folder.read_noun("explain.json", "explain", Explanation)
    lessons = {family: max(points[-1].lessons for points in cells.values()) for family, cells in lines.items()}
    more = recipe.train.epochs * recipe.teach.tasks_per_family
    ceilings = {family: {name: _rate(made, f"{family} {name}") for name in cells} for family, cells in lines.items()}
    return forecasts(lines, {family: count + more for family, count in lessons.items()}, ceilings, recipe.seed)


def _rate(made: Explanation, cell: str) -> float:
    asked = made.asked.get(cell, 0)
    return made.cells.get(cell, 0) / asked if asked >= MIN_ASKED else 1.0
