"""Progressive learning: where lessons come from, stages in order, and going on in the middle."""

import json
import os
from pathlib import Path

import pytest

from orca2 import pipeline, recipe
from orca2.errors import DataError
from orca2.recipe import load
from orca2.run.lessons import gather_lessons
from tests.conftest import Run
from tests.test_pipeline import RECIPE

pytestmark = pytest.mark.slow  # each of them trains

STAGES = """
[[train.stages]]
name = "instruction"
lessons = ["instruction"]
learning_rate = 1e-3
[[train.stages]]
name = "files"
lessons = ["more/*.jsonl"]
[[train.stages]]
name = "cautious"
lessons = ["cautious", "explain"]
epochs = 2
"""
ROW = {"messages": [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]}


@pytest.fixture
def file(tiny: Path, tmp_path: Path) -> Path:
    (tmp_path / "more").mkdir()
    (tmp_path / "more/sums.jsonl").write_text(json.dumps(ROW) + "\n")
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)) + STAGES)
    return path


def test_stages_run_in_order_each_from_the_last_and_are_not_trained_twice(file: Path, run: Run) -> None:
    folder = file.parent / "run"
    assert run("run", file, "--run", folder, "--until", "train")[0] == 0
    stages = json.loads((folder / "train.json").read_text())["stages"]
    assert [stage["name"] for stage in stages] == ["instruction", "files", "cautious"]
    assert [stage["lessons"] for stage in stages] == [10, 1, 26]
    assert [stage["training"]["epochs"] for stage in stages] == [1, 1, 2]
    made = [json.loads((folder / stage["checkpoint"] / "orca2.json").read_text()) for stage in stages]
    assert [row["started_from"] for row in made] == ["explained", "student-instruction", "student-files"]
    weights = folder / "student-instruction" / "model.safetensors"
    before = os.stat(weights).st_mtime_ns
    (folder / "train.json").unlink()
    code, _, err = run("train", folder)
    assert code == 0 and "student-instruction is there" in err and os.stat(weights).st_mtime_ns == before
    code, _, err = run("train", folder, "train.stages=[{name='a', lessons=['cautious']}]")
    assert code == 2 and "other values of train.stages" in err


def test_a_preview_trains_nothing_and_paints_what_is_learned(file: Path, run: Run) -> None:
    folder = file.parent / "run"
    run("run", file, "--run", folder, "--until", "erase")
    before = sorted(path.name for path in folder.iterdir())
    code, _, err = run("train", folder, "--show", "1", "train.row_tokens=300", "train.evaluations=1")
    assert code == 0 and sorted(path.name for path in folder.iterdir()) == before
    assert "rows" in err and "of at most 300 tokens" in err and "⟦" in err
    painted = err[err.index("⟦") + 1 : err.index("⟧")]
    assert painted.endswith("<|im_end|>")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"messages": []}', "ends with a message of the assistant"),
        ('{"messages": [{"role": "user", "content": "x"}]}', "ends with a message of the assistant"),
        ('{"messages": [{"role": "teacher", "content": "x"}]}', "use role and content"),
        ('{"text": "x"}', "use role and content"),
    ],
)
def test_a_file_that_holds_no_lessons(file: Path, line: str, said: str) -> None:
    folder = pipeline.open_run(file.parent / "run", recipe.load(file), file.parent, False)
    pipeline.run(folder, ["tasks"])
    (file.parent / "more/sums.jsonl").write_text(line + "\n")
    with pytest.raises(DataError, match=said):
        gather_lessons(folder, ["more/*.jsonl"], 5)
    with pytest.raises(DataError, match="give a file, or instruction"):
        gather_lessons(folder, ["none.jsonl"], 5)


def test_the_papers_own_plan_is_a_valid_recipe() -> None:
    plan = load(Path(__file__).resolve().parents[2] / "recipes/orca2_paper.toml")
    stages = [*plan.explain.plan("explain"), *plan.train.plan("cautious")]
    assert [settings.epochs for _, settings in stages] == [1, 3, 4]
    assert {settings.row_tokens for _, settings in stages} == {4096}
