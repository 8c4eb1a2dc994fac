"""profile: strategies raced on the profile split; per family the one that pays is chosen, and why is kept."""

from collections.abc import Mapping, Sequence

from orca2.core.choosing import Evidence, choose, standing, why_inconclusive
from orca2.core.model import Model
from orca2.core.racing import Rules, upcoming
from orca2.core.trend import Forecast
from orca2.core.types import Choice, Profile, Strategy, Task, Trial
from orca2.errors import RecipeError
from orca2.plugins import suggest
from orca2.progress import console
from orca2.reporting import profile_page, tables, trust
from orca2.run.demonstrating import demonstrate, with_verdicts
from orca2.run.folder import RunFolder
from orca2.run.models import explained_checkpoint, load_student, load_teacher
from orca2.run.stage import StageResult
from orca2.run.tasks import pair_with_strategies, read_tasks, strategies_of
from orca2.run.trials import profile_pools, run_trials
from orca2.stages import _eval_points

HANDFUL = 8  # tasks that the teacher is asked where the student's trials say nothing

Tried = dict[str, dict[str, list[Trial]]]  # by family and strategy


def run(folder: RunFolder) -> StageResult:
    spec = folder.recipe.profile
    rules = Rules(spec.alpha, spec.tokens_per_point)
    pools = profile_pools(folder)
    # what does not fit is said before asking
    pair_with_strategies(folder, [task for pool in pools.values() for task in pool])
    _check_by_hand(folder, pools)
    model = load_teacher(folder) if spec.subject == "teacher" else load_student(folder, explained_checkpoint(folder))
    tried, spent, stopped = _race(folder, model, pools, rules)
    lines = _eval_points.curves(folder, tried) if spec.subject == "student" else {}
    forecasts = _eval_points.forecast_families(folder, lines)
    families = {
        family: _choose(folder, family, pool, tried, forecasts.get(family), rules, stopped)
        for family, pool in pools.items()
    }
    if stopped and not any(c.status in ("decided", "tie", "set") for c in families.values()):
        raise RecipeError(
            f"profile.budget = {spec.budget}: {spent:,} tokens were spent and no family is decided; raise it"
            " (0: no bound). The trials are kept"
        )
    trials = [trial for rows in tried.values() for found in rows.values() for trial in found]
    curves = {f: {s: [(p.lessons, p.correct, p.trials) for p in ps] for s, ps in c.items()} for f, c in lines.items()}
    measured = Profile(spec.subject, folder.recipe.seed, families, curves)
    folder.write_rows("trials.jsonl", trials)
    folder.write_json("profile.json", measured)
    profile_page.write(folder.path, folder.out(""), folder.recipe)
    grid = sum(len(pools[family]) * len(rows) for family, rows in tried.items())
    golds = {task.gold for pool in pools.values() for task in pool}
    counted = f"{len(trials):,} of the {grid:,} trials of the whole grid, {spent:,} tokens"
    _show(measured, trust.measure(golds), counted)
    chosen = ", ".join(f"{family} {choice.chosen}" for family, choice in measured.families.items())
    asked, thought = (sum(getattr(t.completion, of) for t in trials) for of in ("tokens_in", "reasoning_tokens"))
    return StageResult(chosen, asked, spent, thought)


def choose_strategies(
    folder: RunFolder, model: Model, pools: Mapping[str, Sequence[Task]], rules: Rules
) -> dict[str, Choice]:
    """The choice for each family of `pools` by trials of this model alone, wherever it is in its training."""
    tried, _, stopped = _race(folder, model, pools, rules)
    return {family: _choose(folder, family, pool, tried, None, rules, stopped) for family, pool in pools.items()}


def _check_by_hand(folder: RunFolder, pools: Mapping[str, Sequence[Task]]) -> None:
    for family, name in folder.recipe.profile.choose.items():
        names = [strategy.name for strategy in strategies_of(folder, family)]
        for what, said, valid in (("family", family, list(pools)), ("strategy", name, names)):
            if said not in valid:
                near = suggest(said, valid)
                raise RecipeError(f"profile.choose: no {what} {said!r}{near}; valid: {', '.join(valid)}")


def _race(
    folder: RunFolder, model: Model, pools: Mapping[str, Sequence[Task]], rules: Rules
) -> tuple[Tried, int, bool]:
    """Trials, round by round, of the strategies that can still win; the tokens spent; whether the budget ended them.
    None of a family whose strategy is set by hand."""
    free = [family for family in pools if family not in folder.recipe.profile.choose]
    tried: Tried = {family: {s.name: [] for s in strategies_of(folder, family)} for family in free}
    budget, spent, rounds = folder.recipe.profile.budget, 0, 0
    while True:
        pairs = [pair for family in free for pair in _owed(folder, family, tried[family], pools[family], rules)]
        if not pairs or 0 < budget <= spent:
            return tried, spent, bool(pairs)
        rounds += 1
        for trial in run_trials(folder, model, pairs, f"profile: round {rounds}"):
            tried[trial.family][trial.strategy].append(trial)
            spent += trial.completion.tokens_out


def _owed(
    folder: RunFolder, family: str, tried: Mapping[str, Sequence[Trial]], pool: Sequence[Task], rules: Rules
) -> list[tuple[Task, Strategy]]:
    """The next round of one family; nothing if it is decided or has no more tasks."""
    race = standing(tried, len(pool), rules)
    if race.over and any(tried.values()):
        return []
    owed: list[tuple[Task, Strategy]] = []
    for strategy in strategies_of(folder, family):
        if strategy.name in race.surviving:
            done = len(tried[strategy.name])
            owed += [(task, strategy) for task in pool[done : upcoming(done, len(pool))]]
    return owed


def _choose(
    folder: RunFolder,
    family: str,
    pool: Sequence[Task],
    tried: Tried,
    forecast: Forecast | None,
    rules: Rules,
    stopped: bool,
) -> Choice:
    if by_hand := folder.recipe.profile.choose.get(family):
        return Choice(by_hand, "set in the recipe: profile.choose", {}, "set")
    rows = tried[family]
    # out of budget, no more trials are to be had: those that there are have their last look
    most = max(map(len, rows.values())) if stopped else len(pool)
    teacher = _handful(folder, family, pool) if why_inconclusive(rows) else {}
    return choose(rows, most, rules, Evidence(forecast, teacher))


def _handful(folder: RunFolder, family: str, pool: Sequence[Task]) -> dict[str, tuple[int, int]]:
    """How many of a few tasks the teacher gets right under each strategy, (right, asked)."""
    some = (list(pool) or [task for task in read_tasks(folder, "train") if task.family == family])[:HANDFUL]
    found = {}
    for strategy in strategies_of(folder, family):
        pairs = [(task, strategy) for task in some]
        shown = demonstrate(folder, load_teacher(folder), pairs, f"profile: teacher on {family}")
        judged = with_verdicts(folder, shown, {task.id: task for task in some})
        found[strategy.name] = (sum(d.verdict is not None and d.verdict.correct for d in judged), len(some))
    return found


def _show(found: Profile, measure: str, counted: str) -> None:
    from rich.table import Table
    from rich.text import Text

    order = sorted({name for choice in found.families.values() for name in choice.strategies})
    title = f"{measure}, 95 % interval, tokens an answer ({found.subject}); * chosen, > heading for; {counted}"
    table = Table(title=title, title_justify="left")
    for heading in ("family", *order, ""):
        table.add_column(heading, no_wrap=True)
    for family, choice in found.families.items():
        cells: list[str | Text] = []
        for name in order:
            cell, mark = choice.strategies.get(name), "*" if name == choice.chosen else " "
            if cell is None:
                cells.append(f"{mark}   -")
                continue
            trust = f"{cell.low:.0%}-{cell.high:.0%}, {cell.tokens:.0f} tok"
            towards = f" > {cell.projected[0]:.0%}" if cell.projected else ""
            cells.append(tables.beside(f"{mark}{cell.accuracy:4.0%}", trust, towards))
        table.add_row(family, *cells, choice.status)
    console.print(table)
    early = [family for family, choice in found.families.items() if choice.status == "early"]
    if early:
        console.print(
            f"  too early to tell for {len(early)} of {len(found.families)} families ({', '.join(early)}):"
            " they were given what is likelier to pay. Raise explain.tasks for a choice to rely on",
            soft_wrap=True,
        )
