"""improve: the closed loop. A student's weakest families are profiled, asked and learned again, round by round.

A round is judged on half of the profile split, which nothing else of it looks at. The test split is answered before and
after for the record, and decides nothing.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orca2 import pipeline, preflight
from orca2 import recipe as recipes
from orca2.core.comparing import summary
from orca2.core.erasing import erase
from orca2.core.keys import changed
from orca2.core.model import Model
from orca2.core.racing import Rules
from orca2.core.rounds import affordable, gain, is_kept, strategy_now, weakest
from orca2.core.types import Answer, Demonstration, Lesson, Profile, Task
from orca2.errors import RecipeError, RunError
from orca2.files import read_json, read_json_lines, write_text
from orca2.progress import console
from orca2.recipe import Recipe
from orca2.run.demonstrating import count_outcomes, count_tokens, demonstrate, with_verdicts
from orca2.run.folder import RunFolder
from orca2.run.models import load_student, load_teacher
from orca2.run.tasks import read_tasks, strategies_of
from orca2.run.trials import profile_pools
from orca2.sections import Training
from orca2.stages import evaluate, profile

LEDGER, FOLDER = "rounds.jsonl", "improve"


@dataclass(frozen=True)
class Round:
    """What is known when a round starts. `chosen` is the strategy of each family, `used` the tasks asked before."""

    number: int
    student: str  # the best so far, as a checkpoint's name in the run folder
    chosen: Mapping[str, str]
    used: frozenset[str]
    left: int  # tokens of the budget


def improve(path: Path, overrides: Sequence[str], rounds: int, budget: int) -> None:
    """Rounds until one gains nothing, or the budget is spent; the best student is then the run's own."""
    folder = pipeline.reopen(path)
    settings = _settings(folder, overrides)
    missing = [name for name in pipeline.STAGES[:7] if name not in folder.record["stages"]]
    if missing:
        raise RunError(f"{missing[0]} is not done in {path}; run: orca2 run RECIPE --run {path}")
    with folder.lock():
        rows = _ledger(path)
        _keep_first(folder, rows)
        while len(rows) < rounds and not (rows and rows[-1]["ended"]):
            row = _round(folder, _state(folder, rows, budget), settings)
            if row is None:
                break
            rows.append(row)
            write_text(path / FOLDER / LEDGER, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
            _say(row)
        _put(folder, _strongest(rows))
        _tidy(path, _strongest(rows))
    said = f"round {_strongest(rows)} of {len(rows)}" if _strongest(rows) else "as it was: no round gained"
    console.print(f"student  {path / 'student'} ({said})", soft_wrap=True)


def _settings(folder: RunFolder, overrides: Sequence[str]) -> Recipe:
    """How a round is trained: as the run, but for what is overridden, which is no change of the run itself."""
    recipe = recipes.check(folder.recipe.model_dump(), "the recipe", overrides)
    if other := [
        key
        for key in changed(folder.recipe.model_dump(), recipe.model_dump())
        if not key.startswith("train.") and key != "teach.tasks_per_family"
    ]:
        raise RecipeError(
            f"{other[0]}: a round can be given other keys of [train], and teach.tasks_per_family; leave it out"
        )
    return recipe


def _keep_first(folder: RunFolder, rows: Sequence[Mapping[str, Any]]) -> None:
    """The run's own student, from before any round; RunError if it is another one by now."""
    path = folder.path
    if not (path / FOLDER / "round-0").exists():
        with folder.new_folder(f"{FOLDER}/round-0") as kept:
            shutil.copytree(path / "student", kept / "student")
    rounds = [path / FOLDER / f"round-{number}" / "student" for number in {0, _strongest(rows)}]
    if _made(path / "student") not in [_made(student) for student in rounds if student.exists()]:
        raise RunError(f"{path / 'student'} was trained anew since {path / FOLDER} was made; move that folder away")


def _round(folder: RunFolder, now: Round, settings: Recipe) -> dict[str, Any] | None:
    """One round, as a row of the ledger that says whether the loop ends with it; None if there is none to make."""
    preflight.check(folder.recipe, folder.base, ("profile", "teach", "verify", "train", "evaluate"))
    row: dict[str, Any] = {"round": now.number, "started_from": now.student, "kept": False, "ended": ""}
    looked, judged = _halves(folder)
    model = load_student(folder, now.student)
    before = {
        "looked": _answers(folder, model, looked, f"round {now.number}: where it is weak"),
        "judged": _answers(folder, model, judged, f"round {now.number}: before"),
        "test": _answers(folder, model, read_tasks(folder, "test"), f"round {now.number}: test before"),
    }
    families = weakest(_rights(before["looked"]))
    if not families:
        console.print("  every task of the profile split is right: nothing is weak")
        return None
    chosen = _profile(folder, model, {f: [t for t in looked if t.family == f] for f in families}, now.chosen)
    del model
    asked, shown = _demonstrate(folder, now, chosen, settings.teach.tasks_per_family)
    if not asked:
        console.print(
            f"  --budget: the {now.left:,} tokens left buy no demonstration for each of {', '.join(families)}"
        )
        return None
    lessons = _lessons(folder, shown)
    spent = sum(count_tokens(shown))
    row |= {
        "families": families, "strategies": chosen, "demonstrations": asdict(count_outcomes(shown)), "tokens": spent,
        "asked": [task.id for task in asked], "lessons": len(lessons),
    }  # fmt: skip
    if not lessons:
        return row | {"ended": "no demonstration was right"}
    old = _rehearsal(folder, families, len(lessons))
    made = f"{FOLDER}/round-{now.number}/student"
    _train(folder, now, made, [*lessons, *old], settings.train.plan("cautious")[-1][1])
    model = load_student(folder, made)
    after = _answers(folder, model, judged, f"round {now.number}: after")
    tested = _answers(folder, model, read_tasks(folder, "test"), f"round {now.number}: test after")
    found = gain(after, before["judged"], families, folder.recipe.seed)
    row |= {"rehearsed": len(old), "judged": found, "kept": is_kept(found),
            "test": {"before": _summed(before["test"]), "after": _summed(tested),
                     "gain": gain(tested, before["test"], families, folder.recipe.seed)}}  # fmt: skip
    return row if row["kept"] else row | {"ended": "it gained nothing beyond its interval"}


def _state(folder: RunFolder, rows: Sequence[Mapping[str, Any]], budget: int) -> Round:
    found = folder.read_noun("profile.json", "profile", Profile)
    chosen = {family: choice.chosen for family, choice in found.families.items()}
    used = {shown.task for shown in folder.read_rows("demonstrations.jsonl", "teach", Demonstration)}
    for row in rows:
        chosen |= row["strategies"] if row["kept"] else {}
        used |= set(row["asked"])
    spent = sum(row["tokens"] for row in rows)
    student = f"{FOLDER}/round-{_strongest(rows)}/student"
    return Round(len(rows) + 1, student, chosen, frozenset(used), budget - spent)


def _halves(folder: RunFolder) -> tuple[list[Task], list[Task]]:
    """The profile split in two: to see where the student is weak, and to judge a round by."""
    pools = profile_pools(folder).values()
    return [task for pool in pools for task in pool[::2]], [task for pool in pools for task in pool[1::2]]


def _answers(folder: RunFolder, model: Model, tasks: Sequence[Task], label: str) -> list[Answer]:
    """Under the default message, as the student is used."""
    asked = [("default", folder.recipe.student.system, task) for task in tasks]
    return evaluate.answers(folder, model, asked, label)[0]


def _rights(answers: Sequence[Answer]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for answer in answers:
        right, tried = found.get(answer.family, (0, 0))
        found[answer.family] = (right + (answer.outcome == "correct"), tried + 1)
    return found


def _summed(answers: Sequence[Answer]) -> dict[str, Any]:
    families = sorted({answer.family for answer in answers})
    found = {family: summary([a for a in answers if a.family == family], family=family) for family in families}
    return {name: asdict(result) for name, result in (found | {"all": summary(answers)}).items()}


def _profile(
    folder: RunFolder, model: Model, pools: Mapping[str, Sequence[Task]], chosen: Mapping[str, str]
) -> dict[str, str]:
    """The strategy of each weak family, tried again on this student."""
    spec = folder.recipe.profile
    again = profile.choose_strategies(folder, model, pools, Rules(spec.alpha, spec.tokens_per_point))
    return {family: strategy_now(chosen[family], choice) for family, choice in again.items()}


def _demonstrate(
    folder: RunFolder, now: Round, chosen: Mapping[str, str], each: int
) -> tuple[list[Task], list[Demonstration]]:
    """`each` train tasks of the weak families, unseen ones first, under their strategies, or what the budget buys."""
    before = folder.read_rows("demonstrations.jsonl", "teach", Demonstration)
    most = affordable(now.left, sum(count_tokens(before)), len(before))
    train = sorted(read_tasks(folder, "train"), key=lambda task: task.id in now.used)
    tasks: list[Task] = []
    share = min(each, most // len(chosen))
    for family in chosen:
        tasks += [task for task in train if task.family == family][:share]
    by_name = {strategy.name: strategy for strategy in strategies_of(folder)}
    pairs = [(task, by_name[chosen[task.family]]) for task in tasks]
    with folder.asking(f"improve, round {now.number}"):
        shown = demonstrate(folder, load_teacher(folder), pairs, f"round {now.number}: teacher")
        return tasks, with_verdicts(folder, shown, {task.id: task for task in tasks})


def _lessons(folder: RunFolder, shown: Sequence[Demonstration]) -> list[tuple[Lesson, str]]:
    known, system = strategies_of(folder), folder.recipe.student.system
    right = [one for one in shown if one.verdict and one.verdict.correct]
    found = [(erase(one, system, known), one.family) for one in right]
    return [(lesson, family) for lesson, family in found if lesson is not None]


def _rehearsal(folder: RunFolder, families: Sequence[str], most: int) -> list[tuple[Lesson, str]]:
    """As many lessons of the other families, from those of the run: what is not rehearsed is lost."""
    of = {task.id: task.family for task in read_tasks(folder, "train")}
    rows = folder.read_rows("lessons.jsonl", "erase", Lesson)
    others = [(lesson, of[lesson.task]) for lesson in rows if of[lesson.task] not in families]
    step = max(1, len(others) // max(most, 1))
    return others[::step][:most]


def _train(
    folder: RunFolder, now: Round, made: str, gathered: Sequence[tuple[Lesson, str]], settings: Training
) -> None:
    from orca2.run import tuning  # torch, only when there is something to train

    label, checkpoints = f"round {now.number}", folder.checkpoints(f"improve-{now.number}")
    tuning.tune(folder, now.student, made, gathered, settings, label, checkpoints)
    shutil.rmtree(checkpoints, ignore_errors=True)


def _ledger(path: Path) -> list[dict[str, Any]]:
    file = path / FOLDER / LEDGER
    return read_json_lines(file, f"move {file.parent} away") if file.exists() else []


def _strongest(rows: Sequence[Mapping[str, Any]]) -> int:
    """The last round that was kept; each was better than the one that it started from. 0 is the run's own student."""
    return max((row["round"] for row in rows if row["kept"]), default=0)


def _put(folder: RunFolder, best: int) -> None:
    """Make the best student the run's own, unless it is."""
    source = folder.path / FOLDER / f"round-{best}" / "student"
    if _made(source) != _made(folder.path / "student"):
        with folder.new_folder("student") as place:
            shutil.copytree(source, place, dirs_exist_ok=True)


def _made(student: Path) -> str:
    return str(read_json(student / "orca2.json", "train that student again")["key"])


def _tidy(path: Path, best: int) -> None:
    """Students of rounds that are neither the first nor the best go."""
    for place in (path / FOLDER).glob("round-*"):
        if place.name not in ("round-0", f"round-{best}"):
            shutil.rmtree(place)


def _say(row: Mapping[str, Any]) -> None:
    said = f"round {row['round']}: {', '.join(row.get('families', ()))}"
    if "judged" in row:
        weak, tests = row["judged"]["weak"], row["test"]["gain"]["all"]
        said += f"; {weak['difference']:+.1f} points there ({weak['low']:+.1f} to {weak['high']:+.1f})"
        said += f", test {tests['difference']:+.1f} ({tests['low']:+.1f} to {tests['high']:+.1f})"
    console.print(f"{said}; {'kept' if row['kept'] else row['ended']}", soft_wrap=True)
