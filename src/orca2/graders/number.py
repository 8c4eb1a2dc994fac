"""Numbers, by value: "$1,450.00" is 1450, "3.50" is 3.5, "1/2" is 0.5 and units do not count."""

import functools
import re
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from orca2.core.types import Verdict
from orca2.reading.glued import unglued
from orca2.reading.grader import TextGrader
from orca2.reading.measures import MONEY, UNITS, table
from orca2.reading.numerals import comma_decimal, comma_shown
from orca2.reading.places import tidy, verdict
from orca2.reading.precision import same_number
from orca2.reading.quantities import Quantity, normal, quantities, shown
from orca2.reading.stated_numbers import read_number, stated_last
from orca2.reading.wanted import Wanted, wanted

Mark = Literal["auto", ".", ","]


class _Gold(NamedTuple):
    """The gold number, and its digits as they are written."""

    quantity: Quantity
    written: str


# What may stand around the number of a gold answer: its currency, and a unit that is one.
_BEFORE = re.compile(r"[\s$€£¥₹₩(\[]{0,4}(?:[A-Z]{2,3}\.?\s?|Rs\.?\s?)?[$€£]?")
_BEHIND = re.compile(
    r"[\s$€£¥₹₩%°)\]]{0,4}(?P<words>(?:[^\W\d_]{1,20}(?:/[^\W\d_]{1,20})?(?:\s?\^\s?\{?[23]\}?)?[\s$.]{0,3}){0,4})"
)
_UNIT_WORDS = frozenset(table("square cubic sq per of degrees degree celsius fahrenheit c f k mph units unit"))
_TIME = re.compile(r":|\b[ap]\.?m\b|o'clock|\buhr\b", re.IGNORECASE)  # of day, which `date` reads; or a ratio
_LONGEST = 450  # characters of a gold number with its unit
_SHARE = re.compile(r"%|per ?cent", re.IGNORECASE)
_FORMULA = re.compile(r"\w\s?=|^\[")  # an equation, an interval: `math` reads them
_CODE = re.compile(r"-?0[0-9]")
_LIST = re.compile(
    r"\b(?:commas?|separated?|lists?|pairs?|coordinates?|roots|solutions|values|zeros|respectively|all)\b",
    re.IGNORECASE,
)
_DECIMAL_COMMA = re.compile(r"(?<![0-9,])(?:[0-9]{1,9},(?:[0-9]{1,2}|[0-9]{4,9})|0,[0-9]{3})(?![0-9,])")


@dataclass(frozen=True, slots=True)
class Number(TextGrader):
    """Reads the number that a response states or comes to, and compares it by value, as precisely as the gold one is.

    >>> Number().grade("1450", "So it costs $1,450.00 in all.").outcome
    'correct'
    >>> Number().grade("5", "The answer is 5x.").outcome
    'wrong'
    >>> Number(decimal=",").grade("12345", "Das sind 12.345.").outcome
    'correct'

    `decimal` is the decimal mark of the family. With "auto" it is told from the numbers of the response, the question
    and the gold answer, then from their language; where neither shows it, "1.234" has a decimal point. What is denied
    or only bounded ("not 5", "more than 5") is no answer, two numbers or a range are ambiguous. The unit that the gold
    answer or the question names counts where the response names one too: 3 km are 3000 m, and no 3 m.
    """

    name: ClassVar[str] = "number"
    decimal: Mark = "auto"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a number and nothing else; a code such as "0042" is not."""
        return _gold(target, self.decimal, question) is not None

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one number and compare exact values; a percent sign may be left out or turned into a fraction."""
        text = unglued(text)
        if ("boxed" in text or " base " in question) and (said := _boxed_formula(target, text, question)) is not None:
            return said
        gold = _gold(target, self.decimal, question) or _only_number(target)
        read = stated_last(text)
        if read and not _SHARE.search(question):  # a share may be restated: 20%, then 1/5
            asked = Wanted()
        else:
            asked = wanted(question)
            read = read_number(text, asked)
        offered = dict.fromkeys(quantity.text for quantity in read.quantities)
        if (
            len(offered) == 1
            and (low := read.quantities[0].low) is not None
            and (gold is None or gold.quantity.low is None)
        ):
            offered = dict.fromkeys((shown(low), *offered))  # a range is no number
        if read.undecided:
            offered["undecided"] = None
        if len(offered) != 1:
            return verdict(tuple(offered), read.place, False)
        forms = [form for quantity in read.quantities for form in (quantity, *quantity.also)]
        right = gold is not None and any(
            _same(gold, form, asked, self._comma(gold, form, text, question, target)) for form in forms
        )
        return verdict(tuple(offered), read.place, right)

    def _comma(self, gold: _Gold, found: Quantity, *texts: str) -> bool:
        """Whether a mark that may be either is a decimal comma, or a point before thousands."""
        if found.other is None or self.decimal == ".":
            return False
        if self.decimal == "," or comma_decimal(*texts):
            return found.other == gold.quantity.value or found.value != gold.quantity.value or self.decimal == ","
        return found.money and found.other == gold.quantity.value and found.other > (found.value or 0)


load = Number


def _only_number(target: str) -> _Gold | None:
    """The one number of a gold answer that is more than a number ("seven apples"), for whoever names this grader."""
    text = normal(tidy(target)).strip()
    found = quantities(text) if len(text) <= _LONGEST else ()
    if len(found) != 1 or found[0].value is None:
        return None
    return _Gold(found[0], text[found[0].start : found[0].end])


def _boxed_formula(target: str, text: str, question: str) -> Verdict | None:
    """The verdict on a box that holds more than a number; None for any other response."""
    from orca2.graders import math  # few responses have such a box

    return math.boxed_formula(target, text, question)


@functools.lru_cache(maxsize=4096)
def _gold(target: str, decimal: Mark, question: str) -> _Gold | None:
    """The gold number; None if the gold answer is no number."""
    text = normal(tidy(target)).strip()
    if len(text) > _LONGEST or _TIME.search(text) or _FORMULA.search(text):
        return None
    if not any(character.isdigit() for character in text) and not (len(text) < 40 and wanted(question).number):
        return None  # "twelve" is a number where one is asked for
    found = quantities(text)
    if len(found) != 1:
        return None
    quantity = found[0]
    if quantity.value is None or quantity.worked or quantity.ordinal:
        return None
    if quantity.other is not None and (decimal == "," or (decimal == "auto" and comma_shown(question))):
        quantity = quantity._replace(value=quantity.other, other=quantity.value)
    if _DECIMAL_COMMA.search(text) and not _comma_shown(text, quantity, decimal, question):
        return None
    behind = _BEHIND.fullmatch(text, quantity.end)
    if _CODE.match(text) or not _BEFORE.fullmatch(text, 0, quantity.start) or not behind:
        return None
    if "\\" not in target and any(word not in UNITS and word not in _UNIT_WORDS for word in _words(behind["words"])):
        return None  # "12 angry men" are no number, "12 \\text{ marbles}" are one
    return _Gold(quantity, text[quantity.start : quantity.end].strip("$€£ %"))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())


def _comma_shown(text: str, quantity: Quantity, decimal: Mark, question: str) -> bool:
    """Whether the comma of "2,50" is a decimal one; it may part two numbers of a list as well."""
    if decimal == "," or quantity.unit is not None or quantity.percent or comma_decimal(question):
        return True
    return decimal != "." and re.search(r",[0-9]{2}(?![0-9])", text) is not None and not _LIST.search(question)


def _same(gold: _Gold, found: Quantity, asked: Wanted, comma: bool) -> bool:
    """Whether a quantity is the gold number, in the unit that the gold answer names or the question asks for."""
    value = found.other if comma else found.value
    goal = gold.quantity
    if value is None or goal.value is None or goal.low != found.low:
        return False
    unit = goal.unit or asked.unit
    said = "" if comma else found.text.rstrip("%")
    if found.unit is not None and unit is not None:
        if found.unit.holds(unit):
            value *= found.unit.times(unit)
        elif goal.unit is not None or {found.unit.measures, unit.measures} <= MONEY:
            return False
    elif found.parts:
        assert found.unit is not None
        return any(goal.value == value * found.unit.times(part) for part in found.parts)
    if same_number(goal.value, gold.written, value, said):
        return True
    if goal.percent == found.percent:
        return False
    value = value / 100 if found.percent else value * 100
    return same_number(goal.value, gold.written, value, "")
