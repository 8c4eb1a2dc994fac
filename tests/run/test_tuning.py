"""Trainings one from the last, and none of them twice."""

import json
import os
from pathlib import Path

import pytest

from tests.conftest import Run

pytestmark = pytest.mark.slow  # it trains


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
