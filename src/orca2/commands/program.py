"""The program: commands under headings, each with its whole line of help."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from orca2 import __version__

ABOUT = "Teach a small language model to pick its own reasoning strategy: the method of Orca 1 and Orca 2."
MORE = "Every command takes -h. docs/commands.md lists them all, environment variables and completion in a shell."


class Program(click.Group):
    """`headings` are the headings of the help with their commands, in order."""

    def __init__(self, name: str, headings: Mapping[str, Sequence[click.Command]]) -> None:
        settings = {"help_option_names": ["-h", "--help"], "show_default": True, "max_content_width": 100}
        super().__init__(name, help=ABOUT, epilog=MORE, context_settings=settings)
        self.headings = headings
        for commands in headings.values():
            for command in commands:
                self.add_command(command)
        click.version_option(__version__, message="orca2 %(version)s")(self)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:  # click would say so with an empty line; `main` says what to do
            raise SystemExit(130) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, commands in self.headings.items():
            with formatter.section(heading):
                formatter.write_dl([(command.name or "", about(command)) for command in commands], col_max=20)


class Group(click.Group):
    """Commands of one name, in the order in which they were made."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about(command)) for name, command in self.commands.items()], col_max=20)


def about(command: click.Command) -> str:
    """What a command does, in one line."""
    return " ".join((command.help or "").split("\n\n")[0].split())


def usage_line(error: click.ClickException) -> str:
    """What is wrong with the words of a command, and where its words are explained."""
    said = error.format_message().rstrip(".")
    if isinstance(error, click.exceptions.NoSuchOption | click.exceptions.NoSuchCommand):
        near = f" (did you mean {error.possibilities[0]!r}?)" if error.possibilities else ""
        said = error.message.rstrip(".") + near
    elif isinstance(error, click.BadParameter) and _typed(error):
        said = said.replace(f" (env var: '{getattr(error.param, 'envvar', None)}')", "")
    said = said if said.startswith("'") else said[:1].lower() + said[1:]
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{said}; see: {context.command_path} --help" if context else said


def _typed(error: click.BadParameter) -> bool:
    """Whether the value was given on the command line, not in the environment."""
    source = error.ctx.get_parameter_source(error.param.name) if error.ctx and error.param else None
    return source is click.core.ParameterSource.COMMANDLINE
