"""Where an ablation lies, which students it has, and what it cannot be made of."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orca2 import recipe
from orca2.errors import RecipeError
from orca2.evidence import ablate
from orca2.evidence.folders import Ablation, Cell

MakeAblation = Callable[..., Ablation]


def test_cells_are_one_base_and_the_arms_of_each_seed_that_learn_something_of_their_own(
    make_ablation: MakeAblation,
) -> None:
    ablation = make_ablation(items=1, ablate={"seeds": 2}, same={"cautious_unverified": "cautious"})
    cells = ablation.cells()
    assert cells[0] == Cell(0, None, "base") and str(cells[0]) == "base" and cells.count(cells[0]) == 1
    assert [cell.seed for cell in cells[1:]] == sorted(cell.seed for cell in cells[1:])
    assert "cautious" in {cell.arm for cell in cells} and "cautious_unverified" not in {cell.arm for cell in cells}
    assert str(cells[1]) == f"{cells[1].arm}, seed 0, equal lessons"
    assert ablation.arm_plan(cells[0]) is None and ablation.arm_plan(cells[1]).lessons == 90  # type: ignore[union-attr]


def test_seeds_have_the_tasks_and_the_teachers_answers_in_common(make_ablation: MakeAblation) -> None:
    ablation = make_ablation(items=1)
    assert {ablation.for_seed(seed).drawn_with for seed in ablation.seeds} == {0}
    assert [ablation.for_seed(seed).seed for seed in ablation.seeds] == [0, 1, 2]
    assert ablation.alone().recipe.cluster is None and ablation.alone().path.is_absolute()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ablate.arms=['bse']"], "ablate: arms: no 'bse'; built in: base, "),
        (["ablate.arms=['base']"], "none but the base"),
        (["ablate.more.mine={strategy='x', prompt='gone'}"], "prompt: input should be 'kept' or 'erased'"),
        (["ablate.more.cautious={}"], "'cautious' is the name of a built-in arm"),
        (["explain.tasks=0"], "set one of the two"),
        (["erase.few_shot=0.5"], "zero-shot lessons"),
        (["teach.samples=3", "teacher.temperature=0.7"], "teach.samples: the arms of an ablation"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(words: list[str], said: str, recipe_file: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as error:
        ablate.ablate(recipe_file, words, tmp_path / "run", 1, False)
    assert said in str(error.value).lower() or said in str(error.value)


def test_an_arm_of_an_unknown_strategy_is_said_before_anything_is_asked(recipe_file: Path, tmp_path: Path) -> None:
    ablation = Ablation(tmp_path, recipe.load(recipe_file, ["ablate.more.mine={strategy='step_by_stp'}"]), tmp_path)
    with pytest.raises(
        RecipeError, match=r"arm 'mine' needs the strategy 'step_by_stp' \(did you mean 'step_by_step'\?\)"
    ):
        ablation.check()
