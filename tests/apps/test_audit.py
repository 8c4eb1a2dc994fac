"""`orca2 audit`: a sound grader lets nothing planted through; one that takes anything is found out."""

from pathlib import Path

import pytest

from orca2.core.audit_cases import Audit, Misjudged
from orca2.files import read_noun, read_nouns
from tests.conftest import Run

RECIPE = """
name = "audited"
[tasks]
source = "synthetic"
options.families = ["lookup", "weekday"]
limits = { profile = 1, train = 20, test = 1 }
[student]
model = "TINY"
[teacher]
model = "solver"
[explain]
tasks = 0
[profile]
max_tokens = 4
[teach]
tasks_per_family = 20

"""
LENIENT = """
from orca2.core.types import Verdict
def grade(target, response, question=""):
    return Verdict("correct" if target in response else "wrong", response, "somewhere in it")
"""


@pytest.fixture
def recipe(tmp_path: Path, tiny: Path) -> Path:
    path = tmp_path / "audited.toml"
    path.write_text(RECIPE.replace("TINY", str(tiny)))
    return path


def audited(folder: Path) -> Audit:
    return read_noun(folder / "audit.json", Audit, "")


@pytest.mark.slow
def test_our_own_graders(run: Run, recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    assert run("run", recipe, "--run", folder, "--until", "verify")[0] == 0
    code, _, err = run("audit", folder)
    found = audited(folder)
    assert code == 0 and "false-accept rate 0.0%" in err
    assert found.false_accept.count == 0 and found.false_accept.planted >= 80
    assert found.false_reject.count == 0 and not found.gold_rejected
    assert (folder / "audit.jsonl").read_text() == ""


@pytest.mark.slow
def test_a_grader_that_takes_anything_is_found_out(run: Run, recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "lenient.py").write_text(LENIENT)
    folder = tmp_path / "run"
    run("run", recipe, "--run", folder, "--until", "verify", "tasks.grader=lenient.py")
    _, _, err = run("audit", folder)
    found = audited(folder)
    assert found.plants["ambiguous"].count == found.plants["ambiguous"].planted
    assert found.false_accept.count >= 40 and "ambiguous, but correct" in err
    misjudged = read_nouns(folder / "audit.jsonl", Misjudged, "")
    assert {row.plant for row in misjudged} >= {"ambiguous"}


def test_before_verify_there_is_nothing_to_audit(run: Run, recipe: Path, tmp_path: Path) -> None:
    run("run", recipe, "--run", tmp_path / "run", "--until", "tasks")
    code, _, err = run("audit", tmp_path / "run")
    assert code == 2 and "verified.jsonl is missing" in err
