"""What a benchmark is: a module with `BENCHMARK` and `questions`, and nothing to register."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

TOGETHER = " + "
Kind = Literal["reasoning", "knowledge", "completion", "conversation", "summary", "safety"]
# how an answer is measured: by a grader, by a judge's rating, or by a judge who also looks for what the source lacks
Measure = Literal["graded", "rated", "grounded"]


@dataclass(frozen=True, slots=True)
class Hub:
    """One split of a data set of the Hugging Face hub; `subset` names what its questions are of."""

    path: str
    name: str | None = None
    split: str = "test"
    subset: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of one item. `chance` is the probability to be right by guessing.

    `follow_ups` are further turns of the user, `references` good answers to each turn, for a judge. `subset` is there
    where the row says it, not the file; questions of one `cluster` share a passage. `source` is the text that a summary
    may draw on.
    """

    prompt: str
    target: str = ""
    grader: str = "auto"
    chance: float = 0.0
    subset: str = ""
    cluster: str | None = None
    follow_ups: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What stands beside the questions.

    `files` are patterns below the folder of data, the first that finds any counts; an entry may hold several, joined by
    `TOGETHER`, whose files belong together. `hub` is where rows come from without a folder. `known_as` are words by
    which a recipe or a family names the same data, in lower case. `shots` are turns shown before each question: what
    a user asks and what an assistant answers; none is zero-shot.
    """

    title: str
    kind: Kind
    about: str
    means: str
    files: tuple[str, ...]
    hub: tuple[Hub, ...] = ()
    measure: Measure = "graded"
    max_tokens: int = 512
    known_as: tuple[str, ...] = ()
    shots: tuple[tuple[str, str], ...] = ()
    paper: str = ""  # how the rows of the paper's own evaluation differ, where that is known
    wording: str = "our own; the prompts of the paper are not among what could be checked"
    columns: tuple[str, ...] = field(default=())  # names of those of a file without header


class Module(Protocol):
    """A module under `benchmarks/`.

    Where several files belong together it also has `join(rows) -> rows`.
    """

    BENCHMARK: Benchmark

    def questions(self, row: Mapping[str, Any], subset: str) -> Iterator[Question]:
        """The questions of one raw row; KeyError, TypeError, IndexError or ValueError where its shape is another."""
        ...


class Joining(Protocol):
    def join(self, rows: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]: ...
