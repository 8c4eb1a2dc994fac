"""The quantities of a statement: each number, or each calculation with what it comes to, and what is said around it."""

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import takewhile
from typing import NamedTuple

from orca2.reading.amounts import GOES_ON, after_unit, numeral
from orca2.reading.arithmetic import STARTING, expression
from orca2.reading.measures import MONEY, Unit, table
from orca2.reading.numerals import plain
from orca2.reading.spelled import SCALES, STARTS, Spelled, with_part
from orca2.reading.spelled_abroad import digits_abroad
from orca2.reading.tokens import Statement
from orca2.reading.values import Value

_CALCULATOR = re.compile(r"<<[^<>\n]{0,200}>>")
_DRESS = re.compile(r"(?<![\w)\]}*])\*{1,3}(?=[^\s*])|(?<=[^\s*])\*{1,3}(?![\w(${\\*])|(?<=[0-9])/-")
_TAG = re.compile(r"</?[A-Za-z_]{1,20}>")
_EQUALS = frozenset(
    ("\\approx", "\\to", "\\implies", "\\Rightarrow", "\\rightarrow", "\\equiv", "\\simeq", "\\therefore")
)
# Words that say what a calculation comes to, and those that may stand before it.
_COMES_TO = frozenset(table("is equals equal makes make gives give totals are yields leaves"))
_BEFORE_RESULT = frozenset(
    table("which that this to us about approximately roughly exactly only just a an the total of or i e rs")
)
_JOINT = re.compile(r"\s(?:(?P<to>to|through|till)|and)\s[$€£]?")
_NO_NOUNS = GOES_ON | {"of", "out"}
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s?\Z", re.IGNORECASE)
_CHANCE = re.compile(r"\b(?:chances?|probability|odds|likel)", re.IGNORECASE)
_BEHIND = 40  # characters behind a number that are kept
_WORDS = re.compile(r"(?:\s{0,3}[^\W\d_]+(?:'[^\W\d_]+)?){0,3}")
_JOINS = frozenset(("and", ",", "und", "et", "y", "e"))
_LINKS = 4  # words between a calculation and its result


class Quantity(NamedTuple):
    """A number in a statement, from character `start` to `end`; see `Value` for the rest.

    `raw` is how it stands there, `behind` what follows, its unit first. `equated`: the last side of an equation.
    `also`: other forms of it, such as 1/5 of 20%.
    """

    start: int
    end: int
    raw: str
    value: Fraction | None
    other: Fraction | None = None
    low: Fraction | None = None
    percent: bool = False
    unit: Unit | None = None
    parts: tuple[Unit, ...] = ()
    ordinal: bool = False
    worked: bool = False
    equated: bool = False
    behind: str = ""
    also: tuple["Quantity", ...] = ()

    @property
    def text(self) -> str:
        """As it is shown to people: plain numbers in one form, terms as they stand."""
        if self.value is None or self.low is not None or self.ordinal:
            return " ".join(self.raw.split())
        return shown(self.value) + ("%" if self.percent else "")

    @property
    def nouns(self) -> tuple[str, ...]:
        """The words right behind the number, its unit first, up to one that goes on with the sentence."""
        return tuple(takewhile(_is_noun, _WORDS.match(self.behind.lower())[0].split()))  # type: ignore[index]

    @property
    def money(self) -> bool:
        return self.unit is not None and self.unit.measures in MONEY

    def alike(self, other: "Quantity") -> bool:
        """Whether two quantities are one number in two forms: 5/8 and 0.625, 20% and 1/5."""
        if self.value is None or other.value is None or self.low != other.low:
            return self.text == other.text
        if self.unit and other.unit and self.unit.holds(other.unit):
            return self.value * self.unit.times(other.unit) == other.value
        if self.value == other.value:
            return True
        if self.percent == other.percent:
            return False
        return self.value == 100 * other.value if self.percent else 100 * self.value == other.value


def normal(text: str) -> str:
    """A statement with its numbers in plain digits and the marks of Markdown and of calculators off."""
    text = plain(text)
    if not text.isascii():
        text = digits_abroad(text)
    if "<" in text:
        text = _TAG.sub(" ", _CALCULATOR.sub("", text))
    return _DRESS.sub("", text) if "*" in text or "/-" in text else text


def quantities(text: str) -> list[Quantity]:
    """The quantities of a `normal` statement, in order; calculations count as what they come to.

    >>> [quantity.text for quantity in quantities("3 boxes * 4 = 12 jars, and a half")]
    ['12', '0.5']
    """
    found: list[Quantity] = []
    for quantity in _found(Statement(text)):
        if found and (
            both := _between(text, found[-1], quantity)
            or _date(text, found[-1], quantity)
            or _share(text, found[-1], quantity)
        ):
            found[-1] = both
        else:
            found.append(quantity)
    return found


def _between(text: str, low: Quantity, high: Quantity) -> Quantity | None:
    """Two quantities as one range, where "5 to 7" or "between 5 and 7" says so; "from 20 to 25" tells of a change."""
    joint = _JOINT.fullmatch(text, low.end, high.start)
    if not joint or low.value is None or high.value is None or low.low is not None or low.percent != high.percent:
        return None
    before = text[max(0, low.start - 12) : low.start].lower()
    rising = low.value < high.value and not re.search(r"\bfrom\W{1,3}$", before)
    if rising if joint["to"] else re.search(r"\bbetween\W{1,3}$", before):
        return high._replace(start=low.start, low=low.value, raw=text[low.start : high.end])
    return None


def _date(text: str, day: Quantity, year: Quantity) -> Quantity | None:
    """ "December 29, 2025" and "29 December 2025" are of a year; nothing is counted by the day."""
    gap = text[day.end : year.start]
    if not re.fullmatch(r"[12][0-9]{3}", year.raw) or not re.fullmatch(r"[0-9]{1,2}(?:st|nd|rd|th)?", day.raw):
        return None
    written = (
        _MONTH.fullmatch(gap.strip(" ,."))
        if gap.strip(" ,.")
        else _MONTH.search(text[max(0, day.start - 12) : day.start])
    )
    return year._replace(start=day.start) if written else None


def _share(text: str, part: Quantity, whole: Quantity) -> Quantity | None:
    """ "7 out of 10" and "a 1 in 4 chance": the first number, which is also a fraction."""
    joint = text[part.end : whole.start]
    if joint != " out of " and not (joint in (" in ", " in every ") and _CHANCE.search(text)):
        return None
    if part.value is None or whole.value is None or not 0 <= part.value <= whole.value or whole.value == 0 or part.unit:
        return None
    fraction = part._replace(value=part.value / whole.value, raw=f"{part.text}/{whole.text}")
    return part._replace(end=whole.end, behind=whole.behind, also=(fraction,))


def _found(said: Statement) -> Iterator[Quantity]:
    at = 0
    while at < len(said):
        kind, text, _, _ = said.tokens[at]
        if (kind not in ("number", "clock", "money") and text not in STARTING) or (text == "-" and _dash(said, at)):
            at += 1
            continue
        found = expression(said, at)
        if found is None:
            at += 1
            continue
        start, equated = at, False
        while not found.broken and (side := _other_side(said, found)):
            found, equated = side, True
        if not found.broken and (equated or not _operand(said, start)):
            found = _compound(said, found)
            yield _quantity(said, start, found, equated)
        at = found.end


def _other_side(said: Statement, found: Value) -> Value | None:
    """What a calculation comes to: the other side of its equation. None if there is no equation."""
    start = _after_equals(said, found)
    if start is None:
        return None
    side = expression(said, start)
    if side is None and (found.worked or found.value is None):
        return found._replace(broken=True, end=start)
    return side


def _after_equals(said: Statement, found: Value) -> int | None:
    """The token at which the other side of an equation starts, None if there is no equation."""
    at = after_unit(said, found.end)
    if said.kind(at) == "equals" or said.said(at) in _EQUALS:
        at += 1
        while said.kind(at) == "equals" or said.said(at) in _BEFORE_RESULT or said.said(at) in ("~", '"', "$"):
            if said.said(at) == "$" and said.kind(at + 1) == "number":
                break
            at += 1
        return at
    if not found.worked:
        return None
    at += said.said(at) == ","
    for step in range(at, at + _LINKS):
        if said.said(step) in _COMES_TO:
            at = step + 1
            while said.said(at) in _BEFORE_RESULT:
                at += 1
            return at if expression(said, at) else None
        if said.kind(step) != "word" or said.said(step) not in _BEFORE_RESULT:
            return None
    return None


def _dash(said: Statement, at: int) -> bool:
    """Whether a hyphen with a space behind it is a dash or the mark of an item: "Total - 5", "- 5 apples"."""
    if said.attached(at + 1):
        return said.attached(at) and said.kind(at - 1) == "word"
    if at == 0:
        return said.kind(at + 1) == "number" and said.kind(at + 2) == "word"
    return said.kind(at - 1) in ("word", "mark", "close") and not _letter(said, at - 1)


def _letter(said: Statement, at: int) -> bool:
    return (
        said.kind(at) == "word" and len(said.said(at)) == 1 and said.written(at).islower() and said.said(at).isascii()
    )


def _operand(said: Statement, at: int) -> bool:
    """Whether a number is the other side of an operation on something that is no number: "x + 5", "\\cos 60"."""
    if said.said(at) in ("+", "-"):
        return at > 0 and (said.said(at) == "+" or said.kind(at - 1) == "close" or _letter(said, at - 1))
    before, kind = said.said(at - 1), said.kind(at - 1)
    if kind == "operator":
        return at > 1 and before not in ("-", "±")
    return (kind == "command" and before not in _EQUALS) or (before == "}" and said.attached(at)) or before == "_"


def _compound(said: Statement, found: Value) -> Value:
    """ "2 hours and 30 minutes" as one value in its first unit, "an hour and a half"."""
    while found.unit is not None and (value := found.value) is not None and found.low is None:
        at = found.end + (said.said(found.end) in _JOINS) + (said.said(found.end + 1) == "and")
        more = numeral(said, at)
        if more and more.unit and more.value is not None and found.unit.holds(more.unit):
            share = more.unit.times(found.unit)
            if share < 1 and 0 <= more.value * share < 1:
                total = value + (more.value if value >= 0 else -more.value) * share
                parts = (*(found.parts or (found.unit,)), more.unit)
                found = found._replace(value=total, other=None, parts=parts, end=more.end)
                continue
        if said.said(found.end) != "and":
            return found
        part = with_part(said.tokens, Spelled(value, found.end))
        return found._replace(value=part.value, end=part.end)
    return found


def _quantity(said: Statement, at: int, found: Value, equated: bool) -> Quantity:
    last = said.tokens[min(found.end, len(said)) - 1]
    start, end = said.tokens[at].start, last.end
    unit = last if found.unit is not None and last.kind == "word" else None
    return Quantity(
        start, end, said.text[start:end], found.value, found.other, found.low, found.percent, found.unit, found.parts,
        found.ordinal, found.worked, equated, said.text[unit.start if unit else end :][:_BEHIND],
    )  # fmt: skip


def _is_noun(word: str) -> bool:
    return (word not in _NO_NOUNS or word == "more") and word not in STARTS and word not in SCALES


def shown(value: Fraction) -> str:
    """A value in digits: as a decimal where that ends, else as a fraction.

    >>> shown(Fraction(-7, 2)), shown(Fraction(1, 3))
    ('-3.5', '1/3')
    """
    below, places = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while below % prime == 0 and below > 1:
            below, count = below // prime, count + 1
        places = max(places, count)
    if below != 1 or places > 30 or value.denominator == 1:
        return str(value)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"
