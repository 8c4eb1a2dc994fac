"""The command line as text, read off the program: the file that freezes it, and the tables of docs/commands.md.

After a change that is meant, `python -m tests.surface` writes both anew.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from orca2.commands import program
from orca2.commands.program import Program, about

FROZEN = Path(__file__).with_name("cli.txt")
PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
MARK = "<!-- below this line: written by python -m tests.surface -->\n"


def frozen() -> str:
    """Every command with its arguments and options: types, choices, defaults, environment variables."""
    return "".join(f"{line}\n" for name, command in commands() for line in [name, *map(_frozen, parameters(command))])


def page() -> str:
    """docs/commands.md as it has to be: what is written by hand, then every command under its heading."""
    by_hand = PAGE.read_text(encoding="utf-8").split(MARK)[0]
    parts = [by_hand, MARK]
    for heading, inside in program.headings.items():
        parts.append(f"\n## {heading}\n")
        for command in inside:
            for name, inner in walk(command, "orca2"):
                parts += ["\n", *_section(name, inner)]
    return "".join(parts)


def commands() -> Iterator[tuple[str, click.Command]]:
    """The program and all of its commands, with what is typed for each."""
    yield from walk(program, "")


def walk(command: click.Command, before: str) -> Iterator[tuple[str, click.Command]]:
    name = f"{before} {command.name}".strip()
    yield name, command
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from walk(inner, name)


def parameters(command: click.Command) -> list[click.Parameter]:
    return [parameter for parameter in command.params if parameter.name not in ("help", "version")]


def _frozen(parameter: click.Parameter) -> str:
    words = [f"    {_names(parameter)}", _takes(parameter)]
    if parameter.required:
        words.append("required")
    if parameter.multiple or parameter.nargs != 1:
        words.append("any number")
    if (default := _default(parameter)) is not None:
        words.append(f"default {default}")
    if parameter.envvar:
        words.append(f"${parameter.envvar}")
    return "  ".join(filter(None, words))


def _section(name: str, command: click.Command) -> Iterator[str]:
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    usage = " ".join(_usage(argument) for argument in arguments)
    more = " COMMAND" if isinstance(command, click.Group) and not isinstance(command, Program) else ""
    yield f"### `{name}{more}{f' {usage}' if usage else ''}`\n\n{about(command)}\n"
    if rows := parameters(command):
        yield "\n| | takes | default | |\n|---|---|---|---|\n"
        for row in rows:
            default = _default(row)
            shown = f"`{default}`" if default is not None else ""
            env = f" Environment: `{row.envvar}`." if row.envvar else ""
            takes = _takes(row) or "nothing"
            yield _cells(f"`{_names(row)}`", takes, shown, f"{row.help or ''}{env}")


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _names(parameter: click.Parameter) -> str:
    return ", ".join(parameter.opts) if isinstance(parameter, click.Option) else parameter.human_readable_name


def _usage(argument: click.Argument) -> str:
    return argument.human_readable_name if argument.required else f"[{argument.human_readable_name}]..."


def _takes(parameter: click.Parameter) -> str:
    """What an option or argument takes; nothing if it is a flag."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return ""
    kind = parameter.type
    if choices := getattr(kind, "choices", None):
        return ("one of " if isinstance(kind, click.Choice) else "some of ") + ", ".join(choices)
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    bounds = f" from {low}" if low is not None else ""
    bounds += f" to {high}" if high is not None else ""
    return f"{kind.name}{bounds}"


def _default(parameter: click.Parameter) -> str | None:
    default = parameter.to_info_dict()["default"]
    if default is None or default is False or default in ("", ()):
        return None
    return default if isinstance(default, str) else json.dumps(default)
