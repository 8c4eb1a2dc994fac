"""A stage as a value: what it reads, what it is made from and what it makes. Its work is in the file of its name."""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the help of the command line lists the stages, without what a run needs
    from orca2.run.folder import RunFolder


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage came to: one line for the terminal, tokens asked and answered, how many of the latter were thoughts,
    and the files that it made where these are not just those that it always makes. An `idle` one had nothing to do, so
    that no value of its keys counts until an earlier stage comes out otherwise."""

    message: str
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_thought: int = 0
    files: tuple[str, ...] | None = None
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a run.

    `reads` are the recipe's keys or sections whose values change its result, `needs` the stages whose artifacts it
    reads, `makes` the artifacts that it always makes, `edits` files of the run folder that the user may edit. A stage
    that `trains` may be shared by several processes; one that trains or `asks` can say beforehand what it would do. Its
    requests may go `as_files`.
    """

    name: str
    help: str
    reads: tuple[str, ...]
    needs: tuple[str, ...]
    makes: tuple[str, ...]
    edits: tuple[str, ...] = ()
    trains: bool = False
    asks: bool = False
    as_files: bool = False

    def run(self, folder: "RunFolder") -> StageResult:
        """Do it; its artifacts take their places once it has ended well."""
        result: StageResult = self._module().run(folder)
        return result

    def follow(self, folder: "RunFolder") -> None:
        """What each process but the first does of a training."""
        self._module().follow(folder)

    def dry_run(self, folder: "RunFolder", show: int) -> None:
        """Say what would be asked, or trained on with `show` lessons painted; nothing is asked or written."""
        self._module().dry_run(folder, show)

    def inputs(self, folder: "RunFolder") -> Iterable[tuple[str, Path]]:
        """The data files that it reads beside the run folder, each with the key of the recipe that names it."""
        files: Callable[[RunFolder], Iterable[tuple[str, Path]]] | None = getattr(self._module(), "inputs", None)
        return files(folder) if files else ()

    def _module(self) -> ModuleType:
        return importlib.import_module(f"orca2.stages.{self.name}")
