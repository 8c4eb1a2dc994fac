"""Dates and times of day in a text: ISO, written out in several languages, in numbers, on the clock or in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orca2.reading.measures import table
from orca2.reading.numerals import plain
from orca2.reading.patterns import lazy_pattern
from orca2.reading.spelled_abroad import digits_abroad

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan januar jänner janvier enero gennaio janeiro januari января",
            "february feb februar février fevrier febrero febbraio fevereiro februari февраля",
            "march mar märz maerz mars marzo março maart марта",
            "april apr avril abril aprile апреля",
            "may mai mayo maggio maio mei мая",
            "june jun juni juin junio giugno junho июня",
            "july jul juli juillet julio luglio julho июля",
            "august aug août aout agosto augustus августа",
            "september sept sep septembre septiembre settembre setembro сентября",
            "october oct oktober octobre octubre ottobre outubro октября",
            "november nov novembre noviembre novembro ноября",
            "december dec dezember décembre decembre diciembre dicembre dezembro desember декабря",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:,?\s(?:of\s|de\s|del\s|in\s|anno\s)?|,)(?P<{}>[12][0-9]{{3}})(?![0-9])"
_DAY = r"(?P<{}>3[01]|[12][0-9]|0?[1-9])"
_NAMED = rf"(?P<{{}}>{_MONTH})\b\.?"
_WRITTEN = lazy_pattern(
    rf"(?<!\w)(?:{_DAY.format('d1')}(?:st|nd|rd|th|er|º|°|\.)?\s?-?(?:of\s|de\s|day of\s)?{_NAMED.format('m1')}"
    rf"(?:{_YEAR.format('y1')}|-(?P<y3>[12][0-9]{{3}}))?"
    rf"|{_NAMED.format('m2')}\s(?:the\s)?{_DAY.format('d2')}(?:st|nd|rd|th)?(?![0-9:]|\s?[ap]\.?m\b)"
    rf"(?:{_YEAR.format('y2')})?|{_NAMED.format('m4')}{_YEAR.format('y4')})",
    re.IGNORECASE,
)
_MONTH_NUMBER, _DAY_NUMBER, _ALONE = "0?[1-9]|1[0-2]", "3[01]|[12][0-9]|0?[1-9]", r"(?![0-9]|[-/.][0-9])"
_ISO = re.compile(
    rf"(?<![0-9./-])(?P<y>[12][0-9]{{3}})(?P<mark>[-/.])(?P<m>{_MONTH_NUMBER})(?P=mark)(?P<d>{_DAY_NUMBER}){_ALONE}"
)
_NUMERIC = re.compile(
    r"(?<![0-9./-])(?P<a>[0-9]{1,2})(?P<mark>[-/.])(?P<b>[0-9]{1,2})(?P=mark)(?P<y>[12][0-9]{3}|[0-9]{2})" + _ALONE
)
_CHARACTERS = lazy_pattern(
    rf"(?:(?P<y>[12][0-9]{{3}})\s?[年년]\s?)?(?P<m>{_MONTH_NUMBER})\s?[月월](?:\s?(?P<d>{_DAY_NUMBER})\s?[日号號일])?"
)
_NUMBERS = {word: hour for hour, word in enumerate(
    table("one two three four five six seven eight nine ten eleven twelve"), 1)}  # fmt: skip
_HOUR = rf"(?<![0-9:.,])(?P<h>2[0-4]|[01]?[0-9]|{'|'.join(_NUMBERS)})"
_HALF = r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?|\s(?P<part>in the morning|in the afternoon|in the evening|at night))"
_CLOCKS = tuple(
    lazy_pattern(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<words>half past|(?:a )?quarter (?:past|to))\s{_HOUR}\b{_HALF}?",
        rf"{_HOUR}(?::|h|(?=\.[0-5][0-9]\sUhr)\.)(?P<n>[0-5][0-9])(?::(?P<s>[0-5][0-9]))?(?![0-9:])(?:\s?Uhr|{_HALF})?",
        rf"{_HOUR}\s?(?:o'clock{_HALF}?|Uhr\b(?:\s(?P<n>[0-5][0-9]))?)",
        rf"{_HOUR}{_HALF}",
        r"\b(?P<named>noon|midday|midnight)\b",
    )
)
_LATE = re.compile(r"p|in the afternoon|in the evening|at night|下午|晚上|午後|오후", re.IGNORECASE)
_CLOCK_CHARACTERS = lazy_pattern(
    r"(?P<half>上午|下午|晚上|早上|中午|午前|午後|오전|오후)?\s?(?P<h>2[0-4]|[01]?[0-9])\s?[点點時时시]"
    r"(?:\s?(?P<n>[0-5]?[0-9])\s?[分분]|(?P<mid>半|반))?"
)
_ORDINALS = {word: day for day, word in enumerate(
    table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
          "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"), 1)}  # fmt: skip
_ORDINALS |= {"thirtieth": 30, "thirty-first": 31}
_ORDINALS |= {f"twenty-{word}": 20 + day for word, day in list(_ORDINALS.items())[:9]}
_ORDINAL = lazy_pattern(
    rf"\b(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True)).replace('-', '[- ]')})\b", re.IGNORECASE
)
# Without one of these a text holds neither.
_HINT = re.compile(
    rf"{_MONTH}|[0-9][-/.:h][0-9]|[0-9]\s?(?:[ap]\.?\s?m\b|o'clock|Uhr|[年月日点點時时년월시])|"
    r"\b(?:past|quarter|noon|midnight|midday|o'clock|[ap]\.?m)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class When:
    """A date, a time of day, or both, from character `start` to `end` of a text; what it leaves open is None.

    `swapped`: day and month may be the other way round. `half`: whether a.m. or p.m. is known of the hour.
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int = 0
    second: int = 0
    half: bool = True
    swapped: bool = False
    short_year: bool = False

    def turned(self) -> "When":
        """With day and month the other way round."""
        return replace(self, day=self.month, month=self.day, swapped=False)


def readable(text: str) -> str:
    """A text with the numbers that dates have in plain digits."""
    text = plain(text)
    if not text.isascii():
        text = digits_abroad(text)
    if "th" in text or "first" in text or "second" in text or "third" in text:
        text = _ORDINAL().sub(lambda word: f"{_ORDINALS[word[0].lower().replace(' ', '-')]}th", text)
    return text


def moments(text: str, day_first: bool | None = None) -> list[When]:
    """The dates and times of a `readable` text, in order; a date and a time that belong together are one.

    `day_first` says how 5/1/2021 is to be read; where it is None and the numbers do not tell, it may be either.

    >>> [(when.year, when.month, when.day, when.hour) for when in moments("on December 29, 2025 at 3:30 pm")]
    [(2025, 12, 29, 15)]
    """
    if not _HINT.search(text):
        return []
    days = [*_written(text), *_numeric(text, day_first)]
    taken = [(day.start, day.end) for day in days]
    times = [time for time in _times(text) if not any(start < time.end and time.start < end for start, end in taken)]
    found: list[When] = []
    for when in sorted((*days, *times), key=lambda when: when.start):
        if found and when.start < found[-1].end:
            continue
        if found and (both := _together(text, found[-1], when)):
            found[-1] = both
        else:
            found.append(when)
    return found


def _together(text: str, left: When, right: When) -> When | None:
    """A date and a time with nothing but "at" between them."""
    if not re.fullmatch(r"(?:,?\s(?:at\s|um\s|à\s|on\s)?|T|,)", text[left.end : right.start]):
        return None
    day, time = (left, right) if right.month is None else (right, left)
    if day.month is None or time.hour is None or day.hour is not None or time.month is not None:
        return None
    shown = " ".join(text[left.start : right.end].split())
    return replace(day, start=left.start, end=right.end, text=shown, hour=time.hour, minute=time.minute,
                   second=time.second, half=time.half)  # fmt: skip


def _written(text: str) -> Iterator[When]:
    for match in _WRITTEN().finditer(text):
        month = _MONTHS[(match["m1"] or match["m2"] or match["m4"]).lower()]
        day, year = match["d1"] or match["d2"], match["y1"] or match["y2"] or match["y3"] or match["y4"]
        yield When(match.start(), match.end(), match[0], int(year) if year else None, month, int(day) if day else None)
    if not text.isascii():
        for match in _CHARACTERS().finditer(text):
            year, day = match["y"], match["d"]
            yield When(*match.span(), match[0], int(year) if year else None, int(match["m"]), int(day) if day else None)


def _numeric(text: str, day_first: bool | None) -> Iterator[When]:
    for match in _ISO.finditer(text):
        yield When(*match.span(), match[0], int(match["y"]), int(match["m"]), int(match["d"]))
    for match in _NUMERIC.finditer(text):
        first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
        if not (0 < first <= 31 and 0 < second <= 31) or (first > 12 and second > 12):
            continue
        known = match["mark"] == "." or first > 12 or second > 12 or first == second or day_first is not None
        leading = first > 12 or (second <= 12 and (match["mark"] == "." or day_first is True))
        day, month = (first, second) if leading else (second, first)
        yield When(*match.span(), match[0], year, month, day, swapped=not known, short_year=len(match["y"]) == 2)


def _times(text: str) -> Iterator[When]:
    taken: list[tuple[int, int]] = []
    for match in (match for pattern in _CLOCKS for match in pattern().finditer(text)):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            taken.append(match.span())
            yield _on_clock(match)
    if not text.isascii():
        for match in _CLOCK_CHARACTERS().finditer(text):
            hour, minute = int(match["h"]), 30 if match["mid"] else int(match["n"] or 0)
            late = hour < 12 and _LATE.match(match["half"] or "") is not None
            known = bool(match["half"]) or hour > 12
            yield When(*match.span(), match[0], hour=(hour + 12 * late) % 24, minute=minute, half=known)


def _on_clock(match: re.Match[str]) -> When:
    """The time that a match of one of the clock's patterns tells."""
    said = match.groupdict()
    if named := said.get("named"):
        return When(*match.span(), match[0], hour=0 if named.lower() == "midnight" else 12)
    written = said["h"].lower()
    hour, minute = _NUMBERS.get(written) or int(written), int(said.get("n") or 0)
    if words := (said.get("words") or "").lower():
        minute = 30 if "half" in words else 45 if words.endswith("to") else 15
        hour = (hour - 2) % 12 + 1 if words.endswith("to") else hour
    marks = said.get("half") or said.get("part") or ""
    if marks and hour <= 12:
        early = "night" in marks.lower() and hour in (12, 1, 2, 3, 4)
        hour = hour % 12 + 12 * (_LATE.match(marks) is not None and not early)
    known = bool(marks) or not 1 <= hour <= 12 or written.startswith("0")
    second = int(said.get("s") or 0)
    return When(*match.span(), match[0], hour=hour % 24, minute=minute, second=second, half=known)


def shown_order(text: str) -> bool | None:
    """Whether the dates of a text put the day first; None if none of them tells.

    >>> shown_order("from 13/02/2021 on"), shown_order("MM/DD/YYYY"), shown_order("1/2/2021")
    (True, False, None)
    """
    if named := re.search(r"\b(?:(dd?)[-/. ]mm?|mm?[-/. ](dd?))[-/. ]yy", text, re.IGNORECASE):
        return named[1] is not None
    for match in _NUMERIC.finditer(text):
        first, second = int(match["a"]), int(match["b"])
        if 12 < first <= 31 and second <= 12:
            return True
        if 12 < second <= 31 and first <= 12 and match["mark"] != ".":
            return False
    return None
