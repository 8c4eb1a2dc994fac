"""ablate: all arms with all seeds, what is missing of them, and the page."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from orca2 import recipe as recipes
from orca2.errors import RunError
from orca2.evidence import cell, shared, workers
from orca2.evidence.folders import Ablation
from orca2.files import locked
from orca2.progress import console
from orca2.scale.connecting import connected
from orca2.scale.work_pool import share_on_cluster


def ablate(recipe: Path, overrides: Sequence[str], path: Path | None, jobs: int, redo: bool) -> Path:
    """Do what is missing and write the page; RunError at the end if a seed or an arm failed."""
    checked = recipes.load(recipe, overrides)
    ablation = Ablation(path or Path("runs") / f"{checked.name}-ablation", checked, recipe.resolve().parent)
    ablation.check()
    ablation.path.mkdir(parents=True, exist_ok=True)
    with locked(ablation.path), connected(checked.cluster):
        return _ablate(ablation, jobs, redo)


def _ablate(ablation: Ablation, jobs: int, redo: bool) -> Path:
    from orca2.evidence import page

    console.print(f"shared work of {len(ablation.seeds)} seeds", style="bold")
    cluster = ablation.recipe.cluster
    here = jobs or max(1, len(workers.gpus()))
    # on a cluster one seed after another: asking and training of each are shared out, and the answers are in one cache
    make_plan = partial(shared.make_plan, ablation, redo=redo)
    failed = workers.share(make_plan, list(ablation.seeds), 1 if cluster else here)
    if failed:
        seed, why = next(iter(failed.items()))
        raise RunError(f"seed {seed}: {why}")
    cells = ablation.cells()
    owed = [student for student in cells if not cell.is_done(ablation, student)]
    for student in cells:
        if student not in owed:
            cell.tidy(ablation, student)
    console.print(f"{len(cells)} students, {len(cells) - len(owed)} of them done before", style="bold", soft_wrap=True)
    if cluster is None:
        lost = workers.share(partial(cell.work, ablation), owed, here)
    else:
        on_gpus = ablation.recipe.student.device != "cpu"
        lost = share_on_cluster(partial(cell.work, ablation.alone()), owed, jobs, cluster, on_gpus, ablation.path)
    written = page.write(ablation)
    if lost:
        names = "; ".join(f"{student}: {why}" for student, why in lost.items())
        raise RunError(f"{len(lost)} of {len(cells)} students failed ({names}); the page is of the others: {written}")
    return written
