"""What a task source yields: raw rows with a family, a prompt and a target, all text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source. `where` says where it stands, for error messages ("tasks.jsonl:12").

    With `any_of` the target is a list, one a line, of which any is right.
    """

    where: str
    family: str
    prompt: str
    target: str
    split: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    any_of: bool = False


class Source(Protocol):
    """A module under `sources/`. `ENDLESS` ones are drawn from until every split is full."""

    ENDLESS: bool

    def load(self) -> Iterator[Row]: ...
