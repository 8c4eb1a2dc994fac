"""What can go wrong for a user: one base error, and leaves that are also the stdlib type.

A message says what, where and the next step, in one line. The CLI prints it and exits with 2.
"""


class Orca2Error(Exception):
    """Base of every error a user can mend."""


class RecipeError(Orca2Error, ValueError):
    """The recipe or an override is wrong."""


class Faults(RecipeError):
    """Several keys of a recipe are wrong, each of which has a line."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(" ".join(line.split()) for line in lines))


class DataError(Orca2Error, ValueError):
    """A task source, a row or a file holds something that cannot be used."""


class RowError(DataError):
    """One row of a data file, or of another source, cannot be used. `kind` says what is wrong, alike for all such rows;
    the message where and what to do."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class ModelError(Orca2Error, RuntimeError):
    """A model cannot be loaded, or answers nothing."""


class RunError(Orca2Error, RuntimeError):
    """The run folder is not in the state that this verb needs."""


class MissingExtra(Orca2Error, ImportError):
    """An optional dependency is not installed."""


def missing_extra(package: str, extra: str) -> MissingExtra:
    return MissingExtra(f"{package} is not installed; install it with: pip install 'orca2[{extra}]'")
