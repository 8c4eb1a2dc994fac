"""What answers come to: a share that is right with its interval, and two students compared in pairs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How many of some answers are right, the 95 % Wilson interval of that share, and what stands beside it: answers of
    which one could be read (`format_ok`), mean tokens, and the unreadable ones by outcome.

    `clustered_error` is the standard error of the share where items come in clusters. `gold` names the kind of gold
    whose answers alone are counted; "" is all of them.
    """

    items: int
    correct: int
    low: float
    high: float
    format_ok: int
    tokens: float
    truncated: int
    ambiguous: int
    unextracted: int
    failed: int
    clustered_error: float | None = None
    student: str = ""
    system: str = ""
    family: str = "all"
    gold: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ours minus theirs on the items of a family that both answered, or on "all".

    `difference`, `low` and `high` are points, the last two the 95 % bootstrap interval; `p` is of the exact McNemar
    test, `p_holm` corrected over the families. `detectable` is the difference that would have shown, in points.
    """

    items: int
    gained: int
    lost: int
    difference: float
    low: float
    high: float
    p: float
    p_holm: float
    detectable: float
    underpowered: bool
    student: str = ""
    against: str = ""
    system: str = ""
    family: str = "all"
