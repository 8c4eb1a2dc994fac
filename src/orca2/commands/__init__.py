"""The commands by the heading that they stand under in `orca2 --help`; what they do is imported when one is called."""

from orca2.commands import look, run, tools, use
from orca2.commands.program import Program

program = Program(
    "orca2",
    {"Run": run.COMMANDS, "Look": look.COMMANDS, "Use": use.COMMANDS, "Tools": tools.COMMANDS},
)
