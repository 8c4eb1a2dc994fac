"""Dates and times of day in a text: ISO, written out in several languages, in numbers, on the clock or in words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from orca2.reading.measures import table
from orca2.reading.numerals import plain
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
_WRITTEN = re.compile(
    rf"(?<!\w)(?:{_DAY.format('d1')}(?:st|nd|rd|th|er|º|°|\.)?\s?-?(?:of\s|de\s|day of\s)?(?P<m1>{_MONTH})\b\.?(?:{_YEAR.format('y1')}|-(?P<y3>[12][0-9]{{3}}))?"
    rf"|(?P<m2>{_MONTH})\b\.?\s(?:the\s)?{_DAY.format('d2')}(?:st|nd|rd|th)?(?![0-9:]|\s?[ap]\.?m\b)(?:{_YEAR.format('y2')})?"
    rf"|(?P<m4>{_MONTH})\b\.?{_YEAR.format('y4')})",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"(?<![0-9./-])(?P<y>[12][0-9]{3})(?P<mark>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=mark)(?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9]|[-/.][0-9])"
)
_NUMERIC = re.compile(
    r"(?<![0-9./-])(?P<a>[0-9]{1,2})(?P<mark>[-/.])(?P<b>[0-9]{1,2})(?P=mark)(?P<y>[12][0-9]{3}|[0-9]{2})(?![0-9]|[-/.][0-9])"
)
_CHARACTERS = re.compile(
    r"(?:(?P<y>[12][0-9]{3})\s?[年년]\s?)?(?P<m>1[0-2]|0?[1-9])\s?[月월](?:\s?(?P<d>3[01]|[12][0-9]|0?[1-9])\s?[日号號일])?"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
            "eleven": 11, "twelve": 12}  # fmt: skip
_HALF = (
    r"(?:\s?(?P<{}>[ap])\.?\s?m\b\.?|\s(?:o'clock\s)?(?P<{}>in the morning|in the afternoon|in the evening|at night))"
)
_CLOCK = re.compile(
    rf"(?<![0-9:.])(?P<h1>2[0-4]|[01]?[0-9])(?::|h|(?=\.[0-5][0-9]\sUhr)\.)(?P<n1>[0-5][0-9])(?::(?P<s1>[0-5][0-9]))?(?![0-9:])(?:\s?Uhr|{_HALF.format('half1', 'part1')})?"
    rf"|(?<![0-9:.,])(?P<h2>2[0-4]|[01]?[0-9]|{'|'.join(_NUMBERS)})(?:\s?(?:o'clock|Uhr(?:\s(?P<n2>[0-5][0-9]))?|h\b))?{_HALF.format('half2', 'part2')}"
    rf"|(?<![0-9:.,])(?P<h3>2[0-4]|[01]?[0-9]|{'|'.join(_NUMBERS)})\s?(?:o'clock|Uhr\b(?:\s(?P<n3>[0-5][0-9]))?)"
    rf"|\b(?P<words>half past|quarter past|quarter to|a quarter past|a quarter to)\s(?P<h4>1[0-2]|[1-9]|{'|'.join(_NUMBERS)})\b(?:{_HALF.format('half4', 'part4')})?"
    r"|\b(?P<named>noon|midday|midnight)\b",
    re.IGNORECASE,
)
_CLOCK_CHARACTERS = re.compile(
    r"(?P<half>上午|下午|晚上|早上|中午|午前|午後|오전|오후)?\s?(?P<h>2[0-4]|[01]?[0-9])\s?[点點时時시](?:\s?(?P<n>[0-5]?[0-9])\s?[分분]|(?P<mid>半|반))?"
)
_ORDINALS = {word: day for day, word in enumerate(
    table("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"), 1)} | {"thirtieth": 30, "thirty-first": 31}  # fmt: skip
_ORDINALS |= {f"twenty-{word}": 20 + day for word, day in list(_ORDINALS.items())[:9]}
_ORDINAL = re.compile(
    rf"\b(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True)).replace('-', '[- ]')})\b", re.IGNORECASE
)
_HINT = re.compile(
    rf"{_MONTH}|[0-9][-/.:h][0-9]|[0-9]\s?(?:[ap]\.?\s?m\b|o'clock|Uhr|[年月日点點时時년월시])|\b(?:past|quarter|noon|midnight|midday|o'clock|[ap]\.?m)\b",
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
        text = _ORDINAL.sub(lambda word: f"{_ORDINALS[word[0].lower().replace(' ', '-')]}th", text)
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
    for match in _WRITTEN.finditer(text):
        month = _MONTHS[(match["m1"] or match["m2"] or match["m4"]).lower()]
        day, year = match["d1"] or match["d2"], match["y1"] or match["y2"] or match["y3"] or match["y4"]
        yield When(match.start(), match.end(), match[0], int(year) if year else None, month, int(day) if day else None)
    if not text.isascii():
        for match in _CHARACTERS.finditer(text):
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
    for match in _CLOCK.finditer(text):
        if match["named"]:
            yield When(*match.span(), match[0], hour=0 if match["named"].lower() == "midnight" else 12)
            continue
        said = (match["h1"] or match["h2"] or match["h3"] or match["h4"]).lower()
        hour = _NUMBERS.get(said) or int(said)
        minute = int(match["n1"] or match["n2"] or match["n3"] or 0)
        if match["words"]:
            to = match["words"].lower().endswith("to")
            minute = 30 if "half" in match["words"].lower() else 45 if to else 15
            hour = (hour - 2) % 12 + 1 if to else hour
        marks = "".join(match[name] or "" for name in ("half1", "half2", "half4", "part1", "part2", "part4")).lower()
        late = marks.startswith("p") or any(word in marks for word in ("afternoon", "evening", "night"))
        if marks and hour <= 12:
            hour = hour % 12 + 12 * (late and not ("night" in marks and hour in (12, 1, 2, 3, 4)))
        known = bool(marks) or not 1 <= hour <= 12 or (len(said) == 2 and said[0] == "0")
        yield When(*match.span(), match[0], hour=hour % 24, minute=minute, second=int(match["s1"] or 0), half=known)
    if not text.isascii():
        for match in _CLOCK_CHARACTERS.finditer(text):
            hour, half = int(match["h"]), match["half"]
            if half in ("下午", "晚上", "午後", "오후") and hour < 12:
                hour += 12
            minute = 30 if match["mid"] else int(match["n"] or 0)
            yield When(*match.span(), match[0], hour=hour % 24, minute=minute, half=bool(half) or hour > 12)


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
