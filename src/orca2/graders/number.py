"""Numbers, by value: "$1,450.00" is 1450, "3.50" is 3.5, "1/2" is 0.5 and units do not count."""

import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.places import number_of, read_with, statements, tidy, verdict
from orca2.reading.spelled import digits

_WHOLE = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)"
_NUMBER = re.compile(
    r"(?<![0-9]\.)(?<!\w)(?P<sign>[-+])?\s?[$£€¥]?\s?(?P<minus>-)?"
    rf"(?P<value>{_WHOLE} [0-9]+/[0-9]+(?![/0-9])|{_WHOLE}/{_WHOLE}(?![/0-9])"
    rf"|{_WHOLE}(?:\.[0-9]+)?(?:e[-+]?[0-9]{{1,2}}\b)?|\.[0-9]+)"
    r"(?![0-9]|(?:st|nd|rd|th)\b)(?P<percent>\s?(?:%|percent\b|per cent\b))?",
    re.IGNORECASE,
)
# What may stand between "the answer is" and the number, and after it when nothing else is said.
_LEAD = re.compile(
    r"(?:\s|[\"'(\[:=~≈$]|\b(?:is|it|equals?|exactly|about|approximately|roughly|around|just|only|that|"
    r"therefore|thus|then|so|now|a|the|total|of|rs\.?)(?![\w'-])|[a-z]\s?(?==))*+",
    re.IGNORECASE,
)
_UNITS = re.compile(r"(?:\s{0,3}[/^]?[a-z°²³]{1,20}\b){0,4}[\s.!?)\]\"'$]{0,8}", re.IGNORECASE)
_END = re.compile(r"\s{0,3}(?:[.!?,;]|$)")
_OPERATOR_BEFORE = re.compile(r"[\w)%]\s{0,3}[-+*/×÷^]\s{0,3}\(?\s?$")
_OPERATOR_AFTER = re.compile(
    r"(?:\s{1,3}[a-z]{1,20}){0,3}\s{0,3}\)?\s{0,3}(?:[+*×÷/^]\s{0,3}[-$(0-9]|-\s{0,3}[$(0-9]|[-+*×÷/^]\s{0,3}$)",
    re.IGNORECASE,
)
_OR = re.compile(r"(?:\s[a-z]{1,20})?\s?(?:,|\bor\b|\band\b|/)\s?(?:or\s)?", re.IGNORECASE)
_LONE_ONE = re.compile(r"^\W{0,4}one\b(?=\W{0,4}$|[.,;!]|\s[a-z]+\W{0,3}$)", re.IGNORECASE)
# Words right before the number that a statement is about: "so he needs 18 more to reach his goal of 50".
_LED = re.compile(
    r"\b(?:is|are|was|were|has|have|had|gets?|needs?|makes?|takes?|costs?|pays?|sells?|earns?|spends?|saves?|weighs?|"
    r"lasts?|leaves?|left|equals?|gives?|totals?|becomes?|there(?:'s| is| are)|it's|that's|i\.e\.,?|that is,)\s"
    r"(?:(?:exactly|about|approximately|roughly|around|only|just|still|a total of|equal to|now|then|also)\s){0,2}"
    r"[$£€¥(]?\s?$",
    re.IGNORECASE,
)
_SQUARE = re.compile(r"\b([a-z]{2,12}|m)\s?\^\s?\{?[23]\}?", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:less|more|fewer|greater|bigger|smaller|larger|higher|lower) than\s(?:\w+\s)?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Number(TextGrader):
    """DOC"""

    name: ClassVar[str] = "number"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is a number and nothing else; a code such as "0042" is not."""
        text = tidy(target).replace("°", "")
        return bool(_NUMBER.fullmatch(text)) and not re.match(r"0[0-9]", text)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one number and compare exact values; a percent sign may be left out or turned into a fraction."""
        gold = _read(tidy(target), "whole")
        found, place = read_with(text, _read)
        return verdict(found, place, len(gold) == len(found) == 1 and _same(gold[0], found[0]))


load = Number


def _read(text: str, place: Where) -> tuple[str, ...]:
    if place in ("first", "opening") or (place != "last" and text.lower().startswith("not ")):
        return ()
    if place == "stated":
        text = (statements(text) or [""])[0]
    text = digits(_SQUARE.sub(r"\1", text.replace("°", "").replace("/-", "")))
    if place != "last":
        text = _LONE_ONE.sub("1", text)
    hits = _hits(text)
    direct = bool(hits) and _LEAD.fullmatch(text, 0, hits[0].start) is not None
    if direct and place == "whole":
        return (hits[0].text,) if _UNITS.fullmatch(text, hits[0].end) else ()
    if direct and place == "corrected":
        return (hits[0].text,) if _END.match(text, hits[0].end) else ()
    if direct and place == "stated":
        return _offered(text, hits)
    return _concluded(text, hits) if place in ("stated", "last") else ()


def _hits(text: str) -> list[_Hit]:
    """The numbers in a text that are not operands: in "3 + 4 = 7" only 7."""
    hits = []
    for match in _NUMBER.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if _BOUND.search(before) or _OPERATOR_BEFORE.search(before) or _OPERATOR_AFTER.match(text, match.end()):
            continue
        sign = "-" if "-" in (match["sign"], match["minus"]) else ""
        percent = "%" if match["percent"] else ""
        hits.append(_Hit(match.start(), match.end(), sign + match["value"].replace(",", "") + percent))
    return hits


def _offered(text: str, hits: list[_Hit]) -> tuple[str, ...]:
    """The first number, with those joined to it as in "5 or 6"."""
    offered = hits[:1]
    for hit in hits[1:]:
        if not _OR.fullmatch(text, offered[-1].end, hit.start):
            break
        offered.append(hit)
    return tuple(hit.text for hit in offered)


def _concluded(text: str, hits: list[_Hit]) -> tuple[str, ...]:
    """What a statement comes to: the number after its last "=", else its last number."""
    equals = text.rfind("=") + 1
    hits = [hit for hit in hits if hit.start >= equals]
    led = [hit for hit in hits if _LED.search(text, max(equals, hit.start - 40), hit.start)]
    if led and not re.search(r"\sor\s", text[led[-1].end :]):
        return (led[-1].text,)
    if not hits:
        return ()
    if equals:
        return (hits[0].text,) if _LEAD.fullmatch(text, equals, hits[0].start) else ()
    offered = hits[-1:]
    for hit in reversed(hits[:-1]):
        if not re.fullmatch(r"(?:\s[a-z]{1,20})?\sor\s", text[hit.end : offered[0].start]):
            break
        offered.insert(0, hit)
    return tuple(hit.text for hit in offered)


def _same(gold: str, answer: str) -> bool:
    left, right = number_of(gold.rstrip("%")), number_of(answer.rstrip("%"))
    if left is None or right is None:
        return False
    if left == right:
        return True
    if gold.endswith("%") == answer.endswith("%"):
        return False
    return left == right / 100 if answer.endswith("%") else left / 100 == right
