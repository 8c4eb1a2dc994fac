"""ablate: all arms with all seeds, what is missing of them, and the page."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from orca2 import recipe as recipes
from orca2.errors import RunError
from orca2.evidence import shared, unit, workers
from orca2.evidence.folders import Ablation
from orca2.files import locked
from orca2.progress import console


def ablate(recipe: Path, overrides: Sequence[str], path: Path | None, jobs: int, redo: bool) -> Path:
    """Do what is missing and write the page; RunError at the end if a seed or an arm failed."""
    checked = recipes.load(recipe, overrides)
    ablation = Ablation(path or Path("runs") / f"{checked.name}-ablation", checked, recipe.resolve().parent)
    ablation.check()
    ablation.path.mkdir(parents=True, exist_ok=True)
    with locked(ablation.path):
        return _ablate(ablation, jobs or max(1, len(workers.gpus())), redo)


def _ablate(ablation: Ablation, jobs: int, redo: bool) -> Path:
    from orca2.evidence import page

    console.print(f"shared work of {len(ablation.seeds)} seeds", style="bold")
    failed = workers.share(partial(shared.prepare, ablation, redo=redo), list(ablation.seeds), jobs)
    if failed:
        seed, why = next(iter(failed.items()))
        raise RunError(f"seed {seed}: {why}")
    units = ablation.units()
    owed = [one for one in units if not unit.done(ablation, one)]
    for one in units:
        if one not in owed:
            unit.tidy(ablation, one)
    console.print(f"{len(units)} students, {len(units) - len(owed)} of them done before", style="bold", soft_wrap=True)
    lost = workers.share(partial(unit.work, ablation), owed, jobs)
    written = page.write(ablation)
    if lost:
        names = "; ".join(f"{one}: {why}" for one, why in lost.items())
        raise RunError(f"{len(lost)} of {len(units)} students failed ({names}); the page is of the others: {written}")
    return written
