"""Tools beside the work: a cache that is not there, and scenarios that a shell completes."""

from pathlib import Path

from click.testing import CliRunner

from orca2.commands import program
from orca2.commands.tools import SCENARIOS
from tests.conftest import Run


def test_a_cache_without_answers_is_said(run: Run, tmp_path: Path) -> None:
    code, out, said = run("cache", "show", "--file", tmp_path / "none.sqlite")
    assert code == 2 and not out and f"no answers are kept in {tmp_path / 'none.sqlite'}" in said


def test_every_scenario_is_built_in_and_completed(run: Run) -> None:
    environment = {
        "_ORCA2_COMPLETE": "bash_complete",
        "COMP_WORDS": "orca2 fake-teacher --scenario ",
        "COMP_CWORD": "3",
    }
    out = CliRunner().invoke(program, prog_name="orca2", env=environment).output
    assert all(name in out for name in SCENARIOS)
    assert run("fake-teacher", "--scenario", "no_such_one", "--port", "0")[0] == 2
