"""A cell that is done: what makes it so, and what is left of it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from orca2.errors import RunError
from orca2.evidence import cell
from orca2.evidence.folders import Ablation

MakeAblation = Callable[..., Ablation]


def shared(ablation: Ablation, outputs: str) -> None:
    """The record of what the arms of each seed share."""
    for seed in ablation.seeds:
        folder = ablation.path / f"seed-{seed}" / "shared"
        folder.mkdir(exist_ok=True)
        stages = {name: {"outputs": outputs} for name in ("tasks", "profile", "explain")}
        (folder / "record.json").write_text(json.dumps({"stages": stages, "recipe": {}, "base": ""}))


def test_a_cell_is_done_as_long_as_what_it_was_made_from_is_the_same(make_ablation: MakeAblation) -> None:
    ablation = make_ablation(items=1)
    shared(ablation, "one")
    base = ablation.cells()[0]
    assert not cell.is_done(ablation, base)  # it was made from something else
    file = ablation.folder(base).path / cell.RECORD
    file.write_text(json.dumps(json.loads(file.read_text()) | {"key": cell._key(ablation, base)}))
    assert cell.is_done(ablation, base)
    shared(ablation, "two")
    assert not cell.is_done(ablation, base)
    file.write_text("{")
    with pytest.raises(RunError, match=r"cell.json is not valid JSON: .* and ablate again"):
        cell.is_done(ablation, base)


@pytest.mark.parametrize("keep", [True, False])
def test_a_student_goes_and_its_answers_stay(make_ablation: MakeAblation, keep: bool) -> None:
    ablation = make_ablation(items=1, ablate={"keep": keep})
    folder: Path = ablation.folder(ablation.cells()[1]).path
    for name in ("student", "checkpoints/train"):
        (folder / name).mkdir(parents=True)
    cell.tidy(ablation, ablation.cells()[1])
    assert (folder / "student").exists() is keep and not (folder / "checkpoints").exists()
    assert (folder / cell.ANSWERS).exists()
