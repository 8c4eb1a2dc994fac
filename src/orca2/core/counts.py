"""What became of demonstrations, and of the lessons made from them, in numbers; and of tasks without a right one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orca2.core.types import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationCounts:
    """asked = accepted + rejected, the latter by reason."""

    asked: int
    accepted: int
    rejected: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(DemonstrationCounts):
    """What the stage verify let through. Of its `tasks`, `set_aside` have no right answer, and `short` fewer than
    wanted."""

    tasks: int
    set_aside: int
    short: int
    families: Mapping[str, DemonstrationCounts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One answer to a task: under which strategy, which sample of it, and what it was found to be."""

    strategy: str
    sample: int
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A task without any right answer, why, and each answer that was asked for."""

    task: str
    family: str
    why: str
    tried: Sequence[Tried]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What the stage erase made: `leaked` demonstrations repeat an instruction, `few_shot` lessons show others, and
    the families of `too_few` have too few demonstrations for that."""

    lessons: int
    leaked: int
    few_shot: int
    too_few: Mapping[str, int]
