"""What a sentence says in the main, and what only goes with it: "5 vans left in the first 20 minutes" is about 5."""

import re
from collections.abc import Sequence
from typing import Protocol, TypeVar

from orca2.reading.patterns import lazy_pattern


class Placed(Protocol):
    """Something read in a statement, from one character to another."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Thing = TypeVar("Thing", bound=Placed)

_VERBS = (
    r"is|are|was|were|has|have|had|gets?|got|makes?|made|leaves?|left with|left|needs?|needed|equals?|gives?|"
    r"gave|totals?|becomes?|"
    r"earn(?:s|ed)?|own(?:s|ed)?|costs?|pays?|paid|sells?|sold|spends?|spent|saves?|saved|takes?|took|weighs?|"
    r"weighed|lasts?|"
    r"comes? to|came to|reach(?:es|ed)?|contains?|holds?"
)
# Where a clause begins, or its verb stands: what follows is said anew.
_BOUNDARY = re.compile(
    rf"[,;:=()\n]|(?<!\bto )\b(?:and|so|then|but|which|or|therefore|thus|hence|{_VERBS})\b", re.IGNORECASE
)
_WITHIN = lazy_pattern(
    r"\b(?:of|from|in|at|for|by|with|after|per|every|each|than|on|during|within|who|that|before|until|over|as|"
    r"between|among|through|"
    r"via|using|given|where|into|worth|against|to)\b",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\b(?:from|in|at|for|by|with|after|per|every|each|than|during|within|before|until|as|between|among|into|out of|"
    r"of (?:the|these|those|his|her|their|its|all)|goal of|worth of)\s(?:(?!total\b)[\w'-]{1,15}\s){0,2}[$€£(]?$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:total|sum|average|mean|product|difference|equal|profit|result|rest|remainder|balance|maximum|"
    r"minimum) (?:of|to)\b|\bup to\b|"
    r"\b(?:comes?|came|amounts?|adds? up|sums?|brings?|reduced|increased|rises?|falls?|drops?|dropped|rose|fell|"
    r"down|be|going) to\b",
    re.IGNORECASE,
)
_IN_TOTAL = re.compile(r"\s(?:[\w'-]{1,15}\s){0,2}(?:in total|in all|altogether|overall|total\b)", re.IGNORECASE)
_SUBORDINATE = re.compile(r"\b(?:because|since|whereas|when|while|if)\b|^\W{0,3}(?:as|given)\b", re.IGNORECASE)
_STOP = re.compile(r"[,;.]")
# "in 2004 and 2006", "from 40 to 50": the second is as much in the main as the first.
_GOES_WITH = lazy_pattern(
    r"\s?,?\s?[$€£]?|(?:\s[a-z'-]{1,15}){0,4}\s?,?\s?(?:\band\b|&)\s[$€£]?|"
    r"(?:\s[a-z%°]{1,15}){0,2}\sto\s(?:the\s)?[$€£]?",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\s(?:[\w'-]{1,15}\s){0,2}(?:more|less|fewer|older|younger|longer|shorter|taller|bigger|smaller|higher|"
    r"lower) than\b|"
    r"\s(?:from|of|for|on) each\b",
    re.IGNORECASE,
)
_OR = lazy_pattern(
    r"[\s$€£()\"'*]{0,3}(?:[a-z%°]{1,15}\s?){0,2}[\s,()]{0,3}\b(?:or|oder|ou|o)\b\s"
    r"(?:just |only |maybe |perhaps |possibly |even )?(?:[a-z]\s?=\s?)?[$€£\"'*(]{0,2}",
    re.IGNORECASE,
)


_BARE_AND = re.compile(r"\s(?:and|und|et|y)\s", re.IGNORECASE)


def main(text: str, found: Sequence[Thing], differences: bool = False) -> list[Thing]:
    """The things that a statement is about: not those that only go with another, if there are others.

    `differences`: the question asks by how much; then "12 more than Tom" is no aside.
    """
    ranks = _ranks(text, found, differences)
    return [thing for thing, rank in zip(found, ranks, strict=True) if rank == min(ranks)]


def offered_with(text: str, found: Sequence[Thing], chosen: Thing) -> list[Thing]:
    """The chosen thing, with those before it that "or" joins to it, or a bare "and"."""
    at = found.index(chosen)
    offered = [chosen]
    while at > 0 and (
        _OR().fullmatch(text, found[at - 1].end, found[at].start)
        or _BARE_AND.fullmatch(text, found[at - 1].end, found[at].start)
    ):
        at -= 1
        offered.insert(0, found[at])
    return offered


def _ranks(text: str, found: Sequence[Placed], differences: bool) -> list[int]:
    """0 of the main things, 1 of those behind a preposition, 2 of those that explain another one."""
    ranks: list[int] = []
    explaining = False
    for at, thing in enumerate(found):
        start = found[at - 1].end if at else 0
        gap = text[start : thing.start]
        explaining = explaining and not _STOP.search(gap)
        if ranks and (explaining or (text[thing.start] != "(" and _GOES_WITH().fullmatch(gap))):
            ranks.append(ranks[-1])
        elif _IN_TOTAL.match(text, thing.end):
            ranks.append(0)
        elif _explains(gap, text[thing.start], at > 0, at + 1 < len(found)):
            ranks.append(2)
            explaining = True
        elif not differences and _COMPARED.match(text, thing.end):
            ranks.append(2)
        else:
            ranks.append(_rank(gap, at))
    return ranks


def _explains(gap: str, first: str, later: bool, more: bool) -> bool:
    """Whether a thing stands in a clause or bracket that gives a reason, or in a list behind a colon."""
    if later and (first == "(" or ("(" in gap and ")" not in gap[gap.rindex("(") :])):
        return True
    if later and more and gap.rstrip().endswith(":"):
        return True
    stops = list(_STOP.finditer(gap))
    return _SUBORDINATE.search(gap[stops[-1].end() :] if stops else gap) is not None


def _rank(gap: str, at: int) -> int:
    last = 0
    for boundary in _BOUNDARY.finditer(gap):
        last = boundary.end()
    segment = gap[last:]
    if _TOTAL.search(segment):
        return 0
    if last or not at:
        return int(_BEHIND.search(f" {segment}") is not None)
    return 2 * (_WITHIN().search(segment) is not None)
