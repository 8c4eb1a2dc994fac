"""The number that a response answers with: stated, bare, or what its last statements come to."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from orca2.core.types import Where
from orca2.reading.conclusions import about, concluded, standing
from orca2.reading.measures import BEFORE
from orca2.reading.numerals import literal
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import ASIDE, STATEMENT, TAIL, places, statements, tidy
from orca2.reading.quantities import Quantity, normal, quantities
from orca2.reading.spelled import STARTS
from orca2.reading.wanted import Wanted

_BARE = 200  # characters of a bare answer
_SHORT = 60  # characters of a last line that states a number and nothing else
_LATEST = 3  # statements of a solution under a heading that are tried, from the last
# What may stand between "the answer is" and the number, and after it when nothing else is said.
_LEAD = re.compile(
    r"(?:\s|[\"'(\[{:=~≈$*>]|\\(?:approx|boxed|text|mathbf|left)\b|\b(?:is|it|it's|equals?|exactly|about|"
    r"approximately|approx|roughly|"
    r"around|just|only|that|therefore|thus|then|so|now|an?|the|total|of|to|at least|at most|up to|no (?:less|"
    r"more|fewer|later) than|rs|"
    r"simply|indeed|probably|likely|be|would be|again|still|usd|eur|[a-z]{1,2}\$)(?![\w'-])\.?|"
    r"[a-z](?:_\{?[a-z0-9]\}?)?\s?(?==))*+",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    rf"{_LEAD.pattern}(?=[-+$(\\.0-9]|(?:{'|'.join(sorted({*STARTS, *BEFORE}, reverse=True))}|one|none|"
    rf"nothing|once|"
    r"twice|thrice|double|triple|negative|minus|square|sqrt|pi)\b)",
    re.IGNORECASE,
)
_UNITS = lazy_pattern(
    r"(?:\s{0,3}[/^·-]?[^\W\d_°²³]{1,20}\b[°²³]?|\s?[%°€£¢]){0,4}(?:\s?\^\s?\{?[23]\}?)?[\s.!?)\]}\"'$*<>/。]{0,8}"
)
_END = re.compile(r"\s{0,3}(?:[.!?,;]|$)")
_JOINED = lazy_pattern(
    r"(?:\s?[^\W\d_]{1,20})?[\s)\"'$]{0,3}(?:,|\bor\b|\band\b|/|\bor\b,)?\s?(?:or\s|and\s|"
    r"or else\s)?[\s($\"'=≈]{0,4}(?:i\.e\.,?\s)?"
    r"(?:about\s|approximately\s|equivalently\s|equals\s|is\s)?[$€£]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\W{0,3}[0-9]{1,2}[.)](?=\s\D|\s\*)")
# Two answers were worked out and neither was chosen.
_UNDECIDED = re.compile(
    r"\b(?:not sure|unsure|(?:can't|cannot) (?:say|tell|decide)|don't know|no idea) which\b|"
    r"\bone of (?:them|these|those|the two) (?:has to|must|should|is)\b",
    re.IGNORECASE,
)
# Nothing that is said before counts against a number stated last, so it need not be read.
_LAST_LINE = re.compile(
    r"(?:####|\banswer(?: is)?\s?:?|(?:\A|"
    r"\n)A:)\s{0,2}[*$]{0,3}(-?)([0-9]{1,15}(?:\.[0-9]{1,12})?)[*$]{0,3}\.?\s{0,4}\Z",
    re.IGNORECASE,
)
_LAST_DIGIT = re.compile(r"[0-9][^0-9]{0,60000}\Z")
# A text that works its answer out gives it last, one that knows it first.
_WORKED = re.compile(
    r"[=≈]|[0-9]\s?[-+*/×÷]\s?[0-9]|\b(?:so|therefore|thus|hence|total|altogether|step)\b", re.IGNORECASE
)
_NOTE = re.compile(
    r"^\W{0,4}(?:note|nb|n\.b|remember|explanation|reasoning|because|since|confidence|here|where)\b", re.IGNORECASE
)
_LONE_ONE = lazy_pattern(
    r"(?P<before>^\W{0,4}|\b(?:only|just|exactly|equals|is|are|was|were|leaves|has|have|=|:)\s)one\b(?=\W{0,4}$|"
    r"[.,;!)]|\s[a-z]+\W{0,3}$)",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"\b(once|twice|thrice)\b(?!\sas\b)", re.IGNORECASE)
_OFTEN_TIMES = {"once": "1 times", "twice": "2 times", "thrice": "3 times"}
_NONE = re.compile(r"^\W{0,4}(?:none|nothing|zero|nil)\b(?=\W{0,4}$|[.,;!]|\s[a-z]+\W{0,3}$)", re.IGNORECASE)


class Read(NamedTuple):
    """What was read, where, and whether the response says that it cannot choose."""

    quantities: tuple[Quantity, ...]
    place: Where
    undecided: bool = False


def stated_last(text: str) -> Read | None:
    """The plain number that the last line of a text states, if it does no more: then nothing else need be read.

    >>> stated_last("6 * 7 = 42\\n#### 42").quantities[0].value
    Fraction(42, 1)
    """
    last = _LAST_LINE.search(text[-_SHORT:])
    meaning = literal(last[2]) if last else None
    if last is None or meaning is None:
        return None
    sign = -1 if last[1] else 1
    return Read(
        (Quantity(0, 0, last[1] + last[2], sign * meaning.value, meaning.other and sign * meaning.other),), "stated"
    )


def read_number(text: str, wanted: Wanted) -> Read:
    """The quantities in the best place that has any: none, one, or several offered as one.

    Where the end of a long text holds no number at all, it is noise, and what stands before it is read.
    """
    read = _read_end(text, wanted)
    if not read.quantities and len(text) > TAIL and (digits := _LAST_DIGIT.search(text)):
        line = text.find("\n", digits.start())
        end = line if 0 <= line < digits.start() + STATEMENT else digits.start() + 1
        return _read_end(text[:end], wanted)
    return read


def _read_end(text: str, wanted: Wanted) -> Read:
    text = tidy(text)
    told = places(text)
    for place, piece in told:
        if place == "last" and (wanted.subject or wanted.person):
            piece = about(_closing(text), wanted) or piece
        found = _read(piece, place, text, wanted)
        if not found:
            continue
        if place == "last" and len(found) == 1 and _UNDECIDED.search(text[-STATEMENT:]):
            return Read(tuple(found), place, undecided=True)
        if place == "stated" and len(found) == 1:
            found = [_restated(told, found[0], text, wanted)]
        return Read(tuple(found), place)
    return Read((), "last")


def _closing(text: str) -> list[str]:
    """The last statements of a text."""
    said = statements(text[-STATEMENT * _LATEST :])[-_LATEST - 1 :]
    return [line for line in said if not ASIDE.search(line)]


def _read(piece: str, place: Where, text: str, wanted: Wanted) -> list[Quantity]:
    if place == "opening" or (
        place == "first" and not (wanted.fact and not wanted.subject and not _WORKED.search(text))
    ):
        return []
    if place == "whole":
        found = _bare(piece, wanted) if len(piece) <= _BARE else []
        return [] if found and found[0].equated and piece != text else found
    if place == "stated":
        return _stated(piece, text, wanted)
    said = _prepared(piece, wanted)
    found = standing(said, quantities(said))
    if place == "corrected":
        direct = (
            found
            and not found[0].equated
            and _LEAD.fullmatch(said, 0, found[0].start)
            and _END.match(said, found[0].end)
        )
        return found[:1] if direct else []
    return concluded(said, found, wanted)


def _prepared(piece: str, wanted: Wanted, alone: bool = False) -> str:
    """A statement in `normal` form, with the words that are numbers only here."""
    said = normal(piece)
    lower = said.lower()
    if "one" in lower:
        said = _LONE_ONE().sub(r"\g<before>1", said)
        for thing in wanted.things:
            said = re.sub(rf"\bone (?=(?:\w{{1,15}} )?{re.escape(thing)}s?\b)", "1 ", said, flags=re.IGNORECASE)
    if alone:
        said = _NONE.sub("0", said)
    if " no " in lower and wanted.things:
        for thing in wanted.things:
            said = re.sub(rf"\bno (?=(?:more )?{re.escape(thing)}s?\b)", "0 ", said, flags=re.IGNORECASE)
    if wanted.times and ("ce" in lower):
        said = _OFTEN.sub(lambda often: _OFTEN_TIMES[often[1].lower()], said)
    return said


def _bare(piece: str, wanted: Wanted) -> list[Quantity]:
    """A text that is a number with its unit and nothing else."""
    if piece.isascii() and not _BEGINS.match(piece):
        return []
    said = _prepared(piece, wanted, alone=True)
    found = standing(said, quantities(said))
    if not found or not _LEAD.fullmatch(said, 0, found[0].start):
        return []
    if not all(quantity.alike(found[0]) for quantity in found) or not _UNITS().fullmatch(said, found[-1].end):
        return []
    return [found[0]._replace(also=tuple(found[1:]))]


def _stated(piece: str, text: str, wanted: Wanted) -> list[Quantity]:
    """What follows "the answer is": the number that stands there, or what a solution written there comes to."""
    first = (statements(piece) or [""])[0]
    if piece.endswith("!") and f"{{{piece}}}" in text:  # in a box it is no exclamation
        first = f"({piece})"
    if _NUMBERED.match(piece):
        return _solved(piece, text, wanted)
    said = _prepared(first, wanted, alone=True)
    found = [quantity for quantity in quantities(said) if _counted(said, quantity, wanted)]
    kept = standing(said, found)
    if kept and kept[0] is found[0] and _LEAD.fullmatch(said, 0, found[0].start):
        return _offered(said, kept)
    return _solved(piece, text, wanted) or concluded(said, kept, wanted)


def _counted(said: str, quantity: Quantity, wanted: Wanted) -> bool:
    """Whether a quantity is no mere ordinal: "the 12th." is an answer, "the first machine makes 306 parts" none."""
    return not quantity.ordinal or wanted.place or _UNITS().fullmatch(said, quantity.end) is not None


def _solved(piece: str, text: str, wanted: Wanted) -> list[Quantity]:
    """What a solution that starts with a piece comes to: its last statement with a number."""
    said = [
        line
        for line in statements(text[max(0, text.rfind(piece)) :])
        if not ASIDE.search(line) and not _NOTE.search(line)
    ]
    for line in said[: -_LATEST - 1 : -1] if len(said) > 1 else ():
        line = _prepared(line[-STATEMENT:], wanted)
        if found := concluded(line, standing(line, quantities(line)), wanted):
            return found
    return []


def _offered(said: str, found: list[Quantity]) -> list[Quantity]:
    """The first quantity, with those joined to it as in "5 or 6"; one value in two forms is one."""
    offered = found[:1]
    end = offered[0].end
    for quantity in found[1:]:
        if not _JOINED().fullmatch(said, end, quantity.start):
            break
        end = quantity.end
        same = next((at for at, other in enumerate(offered) if quantity.alike(other)), None)
        if same is None:
            offered.append(quantity)
        else:
            offered[same] = offered[same]._replace(also=(*offered[same].also, quantity))
    return offered


def _restated(told: Iterator[tuple[Where, str]], found: Quantity, text: str, wanted: Wanted) -> Quantity:
    """A quantity with the forms in which the statements before state the same number: 1/5 after 20%."""
    for place, piece in told:
        earlier = _stated(piece, text, wanted) if place == "stated" else []
        if len(earlier) != 1 or not earlier[0].alike(found):
            break
        found = found._replace(also=(*found.also, earlier[0]))
    return found
