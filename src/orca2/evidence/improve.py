"""improve: the closed loop. A student's weakest families are profiled, asked and learned again, round by round."""

from collections.abc import Sequence
from pathlib import Path

from orca2 import pipeline
from orca2 import recipe as recipes
from orca2.core.keys import changed
from orca2.core.types import Demonstration, Profile
from orca2.errors import RecipeError, RunError
from orca2.evidence.round import RoundStart, make_round
from orca2.evidence.round_students import FOLDER, keep_first, put_best, student_name
from orca2.evidence.types import RoundRecord
from orca2.files import read_nouns
from orca2.progress import console
from orca2.recipe import Recipe
from orca2.run.folder import RunFolder

LEDGER = f"{FOLDER}/rounds.jsonl"


def improve(path: Path, overrides: Sequence[str], rounds: int, budget: int) -> None:
    """Rounds until one is not kept, or the budget is spent; the best student is then the run's own."""
    folder = pipeline.reopen(path)
    settings = _settings(folder, overrides)
    missing = [name for name in pipeline.STAGES[:8] if name not in folder.record["stages"]]
    if missing:
        raise RunError(f"{missing[0]} is not done in {path}; run: orca2 run RECIPE --run {path}")
    with folder.lock():
        done = _rounds_done(path)
        keep_first(folder, _best(done))
        while len(done) < rounds and (not done or done[-1].kept):
            record = make_round(folder, _start(folder, done, budget), settings)
            if record is None:
                break
            done.append(record)
            folder.write_rows(LEDGER, done)
            console.print(describe(record), soft_wrap=True)
        best = _best(done)
        put_best(folder, best)
    said = f"round {best} of {len(done)}" if best else "as it was: no round gained"
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


def _rounds_done(path: Path) -> list[RoundRecord]:
    file = path / LEDGER
    return read_nouns(file, RoundRecord, f"move {file.parent} away") if file.exists() else []


def _best(done: Sequence[RoundRecord]) -> int:
    """The last round that was kept; each was better than the one that it started from. 0 is the run's own student."""
    return max((record.round for record in done if record.kept), default=0)


def _start(folder: RunFolder, done: Sequence[RoundRecord], budget: int) -> RoundStart:
    """Where the next round starts from, after those that are done."""
    found = folder.read_noun("profile.json", "profile", Profile)
    chosen = {family: choice.chosen for family, choice in found.families.items()}
    used = {shown.task for shown in folder.read_rows("demonstrations.jsonl", "teach", Demonstration)}
    for record in done:
        chosen |= record.strategies if record.kept else {}
        used.update(record.asked)
    left = budget - sum(record.tokens for record in done)
    return RoundStart(len(done) + 1, student_name(_best(done)), chosen, frozenset(used), left)


def describe(record: RoundRecord) -> str:
    """A round in a line: what it gained where the student was weak, on the test split, and whether it is kept."""
    said = f"round {record.round}: {', '.join(record.strategies)}"
    if record.student is None:
        return f"{said}; no demonstration was right"
    weak, tests = record.student.judged["weak"], record.student.test.gain["all"]
    said += f"; {weak.difference:+.1f} points there ({weak.low:+.1f} to {weak.high:+.1f})"
    said += f", test {tests.difference:+.1f} ({tests.low:+.1f} to {tests.high:+.1f})"
    return f"{said}; {'kept' if record.kept else 'it gained nothing beyond its interval'}"
