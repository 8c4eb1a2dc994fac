"""The students of the closed loop on disk: the run's own is never lost, and the best stands in its place."""

import json
from pathlib import Path

import pytest

from orca2.errors import RunError
from orca2.evidence.round_students import keep_first, put_best, student_name
from orca2.recipe import check
from orca2.run.folder import RunFolder

RECIPE = {"name": "n", "tasks": {"source": "synthetic"}, "student": {"model": "m"}, "teacher": {"model": "solver"}}


def put(folder: RunFolder, name: str, key: str) -> None:
    (folder.path / name).mkdir(parents=True, exist_ok=True)
    (folder.path / name / "orca2.json").write_text(json.dumps({"key": key}))


def key(folder: RunFolder, name: str = "student") -> str:
    return str(json.loads((folder.path / name / "orca2.json").read_text())["key"])


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path, check(RECIPE, "here"), tmp_path, {"stages": {}})
    put(made, "student", "own")
    keep_first(made, 0)
    return made


def test_the_best_takes_the_place_of_the_run_s_own_which_can_be_had_back(folder: RunFolder) -> None:
    for number in (1, 2, 3):
        put(folder, student_name(number), f"round {number}")
    put_best(folder, 2)
    assert key(folder) == "round 2" and key(folder, student_name(0)) == "own"
    assert {place.name for place in (folder.path / "improve").iterdir()} == {"round-0", "round-2"}
    keep_first(folder, 2)
    assert key(folder, student_name(0)) == "own", "the first is kept once"
    put_best(folder, 0)
    assert key(folder) == "own"


def test_a_student_that_was_trained_anew_is_not_overwritten(folder: RunFolder) -> None:
    put(folder, "student", "another")
    with pytest.raises(RunError, match=r"was trained anew since .* was made; move that folder away"):
        keep_first(folder, 0)
