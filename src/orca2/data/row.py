"""What a task source yields: raw rows with a family, a prompt and a target, all text."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from orca2.core.identity import task_id
from orca2.core.types import Gold, Message
from orca2.errors import RowError

BadRow = Callable[[RowError], None]  # what becomes of a row that cannot be used: counted, or the error is raised


def refuse(error: RowError) -> None:
    """End at the first row that cannot be used."""
    raise error


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a source. `where` says where it stands, for error messages ("tasks.jsonl:12").

    The target may be empty. With `any_of` it is a list, one a line, of which any is right. `gold` is what the row
    itself says that it is held against, if it says so. `system` is the row's own system message, `history` the turns
    before the prompt. A `further` row is another turn of the conversation that the row before it is of.
    """

    where: str
    family: str
    prompt: str
    target: str
    split: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    any_of: bool = False
    gold: Gold | None = None
    system: str = ""
    history: tuple[Message, ...] = ()
    further: bool = False

    @property
    def task_id(self) -> str:
        """The id of the task that it is."""
        return task_id(self.prompt, self.system, self.history)

    @property
    def form(self) -> str:
        """What tells its family: its system message, and what the user says in all turns."""
        said = (message.content for message in self.history if message.role == "user")
        return "\n".join([*([self.system] if self.system else ()), *said, self.prompt])


class Source(Protocol):
    """A module under `sources/`. `ENDLESS` ones are drawn from until every split is full."""

    ENDLESS: bool

    def load(self) -> Iterator[Row]: ...
