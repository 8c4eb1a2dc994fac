"""The command line is what was written down: a change of it is seen in a diff, and the documents follow."""

import click
import pytest
from click.testing import CliRunner

from orca2 import pipeline
from orca2.commands import program
from orca2.commands.look import overlap
from orca2.commands.program import about
from orca2.commands.tools import SCENARIOS
from orca2.core.ngrams import WORDS
from tests import surface

CHANGED = "the command line is another one; if that is meant, write it down: python -m tests.surface"
COMMANDS = dict(surface.commands())


def test_nothing_of_the_command_line_changes_unseen() -> None:
    assert surface.frozen() == surface.FROZEN.read_text(encoding="utf-8"), CHANGED


def test_the_page_of_commands_is_up_to_date() -> None:
    assert surface.page() == surface.PAGE.read_text(encoding="utf-8"), CHANGED


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command(name: str) -> None:
    words = name.split()[1:]
    short, long = (CliRunner().invoke(program, [*words, option], prog_name="orca2") for option in ("-h", "--help"))
    assert short.exit_code == long.exit_code == 0 and short.output == long.output
    flat = " ".join(short.output.split())
    assert f"Usage: {name}" in flat and "..." not in flat.replace("]...", "").replace("[ARGS]...", "").replace(
        "//...", ""
    )
    for parameter in surface.parameters(COMMANDS[name]):
        assert (parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name) in flat
        assert parameter.help and " ".join(parameter.help.split()) in flat
        assert parameter.envvar is None or f"env var: {parameter.envvar}" in flat


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_list_of_commands_is_never_cut(width: int) -> None:
    shown = CliRunner().invoke(program, ["--help"], terminal_width=width).output
    flat = " ".join(shown.replace("-\n", "-").split()).replace("OpenAI- compatible", "OpenAI-compatible")
    at = [flat.index(f" {heading}: ") for heading in ("Run", "Look", "Use", "Tools")]
    assert at == sorted(at)
    for command in program.commands.values():
        assert f"{command.name} {about(command)}" in flat


def test_what_is_written_twice_so_that_help_is_light_is_the_same() -> None:
    assert set(pipeline.STAGES) <= program.commands.keys()
    assert next(p for p in overlap.params if p.name == "n").default == WORDS
    folder = surface.PAGE.parents[1] / "src/orca2/testing/fake_teacher/scenarios"
    assert sorted(SCENARIOS) == sorted(file.stem for file in folder.glob("*.toml"))
