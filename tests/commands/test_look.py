"""Looking at runs and answers: what is no run is said, and nothing is written."""

from pathlib import Path

import pytest

from tests.conftest import Run


@pytest.mark.parametrize("command", ["audit", "compare"])
def test_what_is_no_run_says_what_to_type(command: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "none"
    code, out, said = run(command, folder, *([folder] if command == "compare" else []))
    assert code == 2 and not out and f"{folder} is not a run folder (it does not exist)" in said
    assert not list(tmp_path.iterdir())


def test_strategies_are_listed_without_a_model(run: Run) -> None:
    code, out, _ = run("strategies")
    assert code == 0 and "step_by_step" in out and "direct" in out
