"""Where an ablation lies on disk: what a seed's arms share, and a folder for each arm."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orca2 import pipeline, plugins
from orca2.core.arms import BASE, CHOSEN, RANDOM, Arm
from orca2.core.keys import changed
from orca2.errors import RecipeError
from orca2.evidence.types import ArmPlan, Matching, Plan
from orca2.files import read_noun
from orca2.recipe import Recipe
from orca2.run.folder import RunFolder
from orca2.run.tasks import strategies_of
from orca2.sections import Teach

PLAN = "plan.json"


@dataclass(frozen=True)
class Cell:
    """One student to be made and asked: an arm, learned with one seed, where all arms have the same of `matching`.

    The base is one cell for all seeds, and has no matching.
    """

    seed: int
    matching: Matching | None
    arm: str

    def __str__(self) -> str:
        return self.arm if self.matching is None else f"{self.arm}, seed {self.seed}, equal {self.matching}"


@dataclass(frozen=True)
class Ablation:
    """`base` is the folder that the recipe's relative paths start from."""

    path: Path
    recipe: Recipe
    base: Path

    @cached_property
    def arms(self) -> dict[str, Arm]:
        return {arm.name: arm for arm in self.recipe.ablate.all_arms()}

    @property
    def seeds(self) -> range:
        return range(self.recipe.seed, self.recipe.seed + self.recipe.ablate.seeds)

    @property
    def matchings(self) -> list[Matching]:
        return list(dict.fromkeys(self.recipe.ablate.match_by))

    def for_seed(self, seed: int) -> Recipe:
        """The recipe of one seed; all seeds have the tasks and the teacher's answers in common."""
        return self.recipe.model_copy(update={"seed": seed, "data_seed": self.recipe.drawn_with})

    def alone(self) -> "Ablation":
        """The same for a process that does one student on some node: by full paths, and without the cluster."""
        recipe = self.recipe.model_copy(update={"cluster": None})
        return Ablation(self.path.resolve(), recipe, self.base.resolve())

    def shared(self, seed: int, redo: bool = False) -> RunFolder:
        """The run folder of what a seed's arms share: tasks, explained student, profile, demonstrations."""
        return pipeline.open_run(self.path / f"seed-{seed}" / "shared", self.for_seed(seed), self.base, redo)

    def folder(self, cell: Cell) -> RunFolder:
        """The run folder of one cell, as it was left."""
        inner = Path(BASE) if cell.matching is None else Path(f"seed-{cell.seed}", cell.matching, cell.arm)
        place = self.path / inner
        place.mkdir(parents=True, exist_ok=True)
        return RunFolder(place, self.for_seed(cell.seed), self.base, {})

    def plan(self, seed: int) -> Plan:
        """What each arm of a seed learns; made by `shared.make_plan`."""
        file = self.path / f"seed-{seed}" / PLAN
        return read_noun(file, Plan, f"remove {file}, and ablate again")

    def arm_plan(self, cell: Cell) -> ArmPlan | None:
        """What the arm of a cell learns; None for the base."""
        return None if cell.matching is None else self.plan(cell.seed).matchings[cell.matching][cell.arm]

    def cells(self) -> list[Cell]:
        """All of them, those of a seed together. An arm that learns just what another one does is none of its own."""
        cells = [Cell(self.seeds[0], None, BASE)]
        for seed in self.seeds:
            for matching, arms in self.plan(seed).matchings.items():
                cells += [Cell(seed, matching, name) for name, planned in arms.items() if not planned.same_as]
        return cells

    def check(self) -> None:
        """RecipeError for what an ablation cannot be made of."""
        recipe = self.recipe
        if recipe.train.stages:
            raise RecipeError("train.stages: an ablation trains each arm once; leave the stages out")
        if recipe.erase.few_shot:
            raise RecipeError("erase.few_shot: the arms of an ablation learn zero-shot lessons; set it to 0")
        plain = Teach(tasks_per_family=recipe.teach.tasks_per_family)
        if recipe.teach != plain:
            key = next(iter(changed(plain.model_dump(), recipe.teach.model_dump())))
            raise RecipeError(f"teach.{key}: the arms of an ablation learn one answer to a task each; leave it out")
        if recipe.ablate.start == "explained" and not (recipe.explain.tasks or recipe.explain.stages):
            raise RecipeError('ablate.start = "explained", but explain.tasks = 0; set one of the two')
        known = [strategy.name for strategy in strategies_of(RunFolder(self.path, recipe, self.base, {}))]
        for arm in self.arms.values():
            if arm.strategy not in ("", CHOSEN, RANDOM, *known):
                near = plugins.suggest(arm.strategy, known)
                raise RecipeError(
                    f"ablate: arm {arm.name!r} needs the strategy {arm.strategy!r}{near}, which is not among strategies"
                    f" ({', '.join(known)}); add it there, or leave the arm out of ablate.arms"
                )
