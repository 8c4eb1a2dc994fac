"""Strings of symbols, such as the closing brackets "] ) }": spaces do not count, the order does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import STATEMENT, TAIL, places, verdict

_BRACKETS = "()[]{}<>"
_QUOTES = "`'\""
_MARKS = ("**", "```", "\\(", "\\)", "\\[", "\\]", "$")  # of Markdown and LaTeX, unless they are the answer's own
_RUN = r"[^\w\s\"'`.,;:](?:[ \t]?[^\w\s\"'`.,;:]){0,40}"
_OR = lazy_pattern(rf"(?:^|\s)[\"'`]?({_RUN})[\"'`]?,? or [\"'`]?({_RUN})(?=[\s\"'`.,;:]|$)")
_BOXED = re.compile(r"\\(?:boxed|fbox)\{([^\n]{0,200})\}(?=[\s.$\\]|$)")  # may hold a closing brace of the answer
_LISTED = re.compile(r"(?<=[^\w\s]),?\s(?:and|then)\s(?=[^\w\s])")
_TRIED = 40  # runs of symbols that are looked at, from the last


@dataclass(frozen=True, slots=True)
class Symbols(TextGrader):
    """Reads a run of symbols, such as closing brackets, an arrow or an operator.

    >>> Symbols().grade("] ) }", "So the rest is `])}`.", "Complete: { ( [").outcome
    'correct'
    >>> Symbols().grade("<", "It is < or >, I can't say which.", "Which sign?").outcome
    'ambiguous'
    """

    name: ClassVar[str] = "symbols"
    probes: ClassVar[tuple[str, ...]] = ("()[]{}<>", "+-*/=<>&|^~%!")

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is symbols alone: no letter, no digit."""
        text = _squeeze(target)
        return bool(text) and not any(character.isalnum() for character in text)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read the stated or the last run of the gold answer's own symbols.

        The whole sequence, with what the question gives in front, is as good as its missing end.
        """
        gold = _squeeze(target)
        if not gold:
            return Verdict("unextracted", None, "the gold answer is empty")
        alphabet = set(gold) | (set(_BRACKETS) if set(gold) & set(_BRACKETS) else set())
        given = next(iter(_runs(question, alphabet)), "")
        if len(sides := _alternatives(text)) > 1:
            return verdict(sides, "last", False)
        for place, run in _read(text, alphabet):
            return verdict((" ".join(run),), place, run in (gold, given + gold))
        return verdict((), "last", False)


load = Symbols


def _read(response: str, alphabet: set[str]) -> Iterator[tuple[Where, str]]:
    text = _LISTED.sub(" ", _BOXED.sub(r" \1 ", response[-TAIL:])).replace("\\{", "{").replace("\\}", "}")
    for mark in _MARKS:
        if not set(mark) <= alphabet:
            text = text.replace(mark, " ")
    for place, piece in places(text):
        if place in ("stated", "corrected") and (run := _leading(piece, alphabet)):
            yield place, run
    for run in _runs(text, alphabet):
        yield "last", run


def _alternatives(response: str) -> tuple[str, ...]:
    """The two runs of symbols that the closing words join with "or"."""
    found = _OR().search(response[-STATEMENT:])
    return tuple(dict.fromkeys(_squeeze(side) for side in found.groups())) if found else ()


def _leading(piece: str, alphabet: set[str]) -> str:
    """The run that a statement starts with, or the last one in it."""
    return next(iter(_runs(piece[:STATEMENT].split("\n")[0], alphabet)), "")


def _runs(text: str, alphabet: set[str]) -> Iterator[str]:
    """The runs of symbols that stand alone between words, the last first."""
    allowed = re.escape("".join(sorted(alphabet)))
    free = re.compile(rf"(?<![^\s{_QUOTES}])[{allowed}](?:[ \t,]{{0,3}}[{allowed}])*(?=[\s{_QUOTES}.,;:!?]|$)")
    for match in list(free.finditer(text))[: -_TRIED - 1 : -1]:
        yield _squeeze(match[0].replace(",", "") if "," not in alphabet else match[0])


def _squeeze(text: str) -> str:
    return "".join(text.translate(dict.fromkeys(map(ord, _QUOTES))).split())
