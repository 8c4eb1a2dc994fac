"""Dates and times of day, by value: "December 29, 2025" is 2025-12-29, and "3:30 pm" is 15:30."""

import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.asides import main, offered_with
from orca2.reading.conclusions import standing
from orca2.reading.dates import When, moments, readable, shown_order
from orca2.reading.glued import unglued
from orca2.reading.grader import TextGrader
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import read_with, statements, tidy, verdict
from orca2.reading.wanted import is_fact

_BARE = 100  # characters of a bare answer
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun)\.?,?\s"
_AROUND = re.compile(rf"(?:\s|on\s|at\s|the\s|um\s|le\s|{_WEEKDAY})*+", re.IGNORECASE)
_BEHIND = re.compile(r"[\s.,]{0,3}(?:\(?[a-z]{3,9}day\)?|uhr|hrs|hours|utc|gmt|z)?[\s.)]{0,2}", re.IGNORECASE)
_LEAD = lazy_pattern(
    rf"(?:[\s\"'(\[:*=~$-]|\b(?:is|was|it|it's|on|at|the|that|this|therefore|thus|so|then|exactly|about|around|approximately|date|time|"
    rf"day|by|um|am|le|el|il)(?![\w'-])|{_WEEKDAY})*+",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\s,]{0,2}(?:\bor\b|\band\b|/)[\s,]{1,2}(?:on\s|at\s|the\s)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Date(TextGrader):
    """Reads the date or the time that a response states, in any of the forms in which people write it.

    `day_first` says that 5/1/2021 is the fifth of January (true) or the first of May (false). Without it the order is
    taken from where it shows: in the gold answer, the question ("DD/MM/YYYY", 13/02/2021) or the response; where it
    does not show, a date in numbers that may be either is ambiguous, unless it stands as the gold answer does.

    >>> Date().grade("2025-12-29", "The contract ends on December 29, 2025.").outcome
    'correct'
    >>> Date().grade("2021-05-01", "05/01/2021").outcome
    'ambiguous'
    >>> Date(day_first=False).grade("2021-05-01", "05/01/2021").outcome
    'correct'
    >>> Date().grade("15:30", "They meet at 3:30 pm.").outcome
    'correct'
    """

    name: ClassVar[str] = "date"
    day_first: bool | None = None

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a date or a time of day and nothing else; a lone year is a number."""
        return _gold(target, self.day_first) is not None

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one date or time; what the gold answer leaves open, such as the year, is not compared."""
        text, order = unglued(text), self.day_first
        if order is None:
            order = next((shown for said in (target, question, text) if (shown := shown_order(said)) is not None), None)
        gold = _gold(target, order)
        found: dict[str, When] = {}

        fact = is_fact(question)

        def read(piece: str, place: Where) -> tuple[str, ...]:
            offered = _read(piece, "last" if place == "first" and fact else place, order)
            found.update({when.text: when for when in offered})
            return tuple(when.text for when in offered)

        said, place = read_with(text, read)
        if len(said) != 1 or gold is None or said[0] not in found:
            return verdict(said, place, False)
        answer = found[said[0]]
        if answer.swapped != gold.swapped:  # only one of them tells which is the day
            either = (answer, answer.turned()) if answer.swapped else (answer,)
            golds = (gold, gold.turned()) if gold.swapped else (gold,)
            if any(_same(one, other, question) for one in golds for other in either):
                return verdict(_orders(answer if answer.swapped else gold), place, False)
        return verdict(said, place, _same(gold, answer, question))


load = Date


def _gold(target: str, order: bool | None) -> When | None:
    """The gold date or time; None if the gold answer is neither."""
    text = readable(tidy(target)) if len(target) <= 2 * _BARE and not target.isdigit() else ""
    if not text or len(text) > _BARE:
        return None
    found = moments(text, order)
    if len(found) != 1 or not _AROUND.fullmatch(text, 0, found[0].start) or not _BEHIND.fullmatch(text, found[0].end):
        return None
    return found[0]


def _read(piece: str, place: Where, order: bool | None) -> list[When]:
    if place in ("first", "opening") or (place == "whole" and len(piece) > _BARE):
        return []
    said = readable((statements(piece) or [""])[0] if place == "stated" else piece)
    found = standing(said, moments(said, order))
    if not found:
        return []
    direct = _LEAD().fullmatch(said, 0, found[0].start) is not None
    if place in ("whole", "corrected"):
        return found if direct and len(found) == 1 else []
    if direct and place == "stated":
        offered = found[:1]
        for when in found[1:]:
            if not _JOINED.fullmatch(said, offered[-1].end, when.start):
                break
            offered.append(when)
        return offered
    return offered_with(said, found, main(said, found)[-1])


def _same(gold: When, answer: When, question: str) -> bool:
    """Whether all that the gold answer says holds of another one; a year that only the question names is granted."""
    if gold.month is not None:
        year = answer.year
        if gold.year is not None:
            if year is None:
                year = gold.year if str(gold.year) in question else None
            elif answer.short_year or gold.short_year:
                year = gold.year if year % 100 == gold.year % 100 else None
            if year != gold.year:
                return False
        if gold.month != answer.month or (gold.day is not None and gold.day != answer.day):
            return False
    return gold.hour is None or _same_time(gold, answer)


def _same_time(gold: When, answer: When) -> bool:
    """Whether two times are the same; 3:30 may be 3:30 p.m. where only one of them says so, but is not 15:30."""
    if answer.hour is None or (gold.minute, gold.second) != (answer.minute, answer.second):
        return False
    if gold.hour == answer.hour or (gold.half and answer.half) or gold.hour is None:
        return gold.hour == answer.hour
    marked = gold if gold.half else answer
    return gold.hour % 12 == answer.hour % 12 and re.search(r"[a-z]", marked.text, re.IGNORECASE) is not None


def _orders(when: When) -> tuple[str, ...]:
    """Both readings of a date in numbers."""
    return tuple(f"{one.year}-{one.month:02}-{one.day:02}" for one in (when, when.turned()))
