"""What a task source yields: raw rows with a family, a prompt and a target, all text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orca2.core.types import Gold
from orca2.errors import RowError

BadRow = Callable[[RowError], None]  # what becomes of a row that cannot be used: counted, or the error is raised


def refuse(error: RowError) -> None:
    """End at the first row that cannot be used."""
    raise error


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source. `where` says where it stands, for error messages ("tasks.jsonl:12").

    The target may be empty. With `any_of` it is a list, one a line, of which any is right. `gold` is what the row
    itself says that it is held against, if it says so.
    """

    where: str
    family: str
    prompt: str
    target: str
    split: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    any_of: bool = False
    gold: Gold | None = None


class Source(Protocol):
    """A module under `sources/`. `ENDLESS` ones are drawn from until every split is full."""

    ENDLESS: bool

    def load(self) -> Iterator[Row]: ...
