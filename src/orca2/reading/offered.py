"""The formulas that a response offers as its answer, best place first."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from orca2.core.types import Where
from orca2.reading.equations import label
from orca2.reading.expressions import parse
from orca2.reading.formulas import LETTER, Masked, conclusion, masked
from orca2.reading.latex import closings, plain_number
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import places, statements

_TAIL = 4_000  # characters of prose, from its end, that are read
_LONGEST = 400  # characters of a statement, from its end, that may be a formula
_BARE = 300  # characters of a response that is a formula and no more
_SPAN = 160  # characters of a formula that is typed in a sentence
_LEAD = lazy_pattern(
    r"(?:[\s:*\"'`]|\b(?:the|value|is|are|equals?|of|therefore|thus|hence|so|then|simply|just|either|both|be|by|given|that|"
    r"approximately|exactly|indeed|now|we|have|get|obtain|find|answer|solutions?|result|final|simplified|form|"
    r"expression|as|to|follows)\b)*+",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"(?:\bnot|n't|\bnever|\bcannot|rather than|instead of|\bunlike)\s{0,3}(?:\w{1,12}\s{1,3}){0,2}$", re.IGNORECASE
)
_REJECTED = re.compile(
    r"\s{0,3}(?:(?:is|was|are|were|would be|seems?)\s(?:not|wrong|incorrect|false|impossible|too|never)\b|"
    r"(?:is|was|are|does|do|can|could|wo|would)n't\b|cannot\b|does not\b)",
    re.IGNORECASE,
)
# Typed formulas: numbers, signs, lone letters, names of functions, and words that join values.
_WORD = (
    r"(?<![a-zA-Z])(?:sqrt|cbrt|pi|log|ln|exp|sin|cos|tan|sec|csc|cot|arcsin|arccos|arctan|sinh|cosh|tanh|infinity|inf|"
    r"and|or|theta|alpha|beta|(?!(?i:is|it|of|to|an|at|by|no|so|we|if|on|as|be|in|my|me|up|us|he|am|do|go)\b)[a-zA-Z]{1,2})"
    r"(?![a-zA-Z])"
)
_SIGN = r"[-+*/^=<>()\[\]{}|,;:.!%°_&'\s0-9]|[^\x00-\x7f\w]|[π²³¹⁰-ₙ½¼¾α-ωΑ-Ω√∞]"
_TYPED = rf"(?:{LETTER}|{_WORD}|\\(?:[a-zA-Z]{{1,20}}|[{{}},!;: ])|{_SIGN})"
_STARTS = lazy_pattern(rf"{_TYPED}{{1,400}}")
_PIECE = lazy_pattern(rf"{_TYPED}+|(?P<other>[a-zA-Z]+|.)", re.DOTALL)
_EDGES = " \t\n.,;:!?\"'`&"
_UNITS = re.compile(r"(?:\s{1,3}(?!(?:is|are|was|not|or|and)\b)[a-zA-Z]{2,20}){1,5}\s{0,3}[.!]?\s{0,3}$")
_EQUALS = re.compile(
    r".*(?:\b(?:is|are|equals|be|becomes|gives|to|as|of|at|by|get|have|obtain)\b|:)\s", re.IGNORECASE | re.DOTALL
)
_ABOUT = re.compile(
    r"[\s,;(]{0,3}(?:(?:which|that) (?:is|equals)\s|or\s|i\.e\.,?\s){0,2}"
    r"(?:about|approximately|approx\.?|roughly|around|nearly|\u2248|\\approx)\s?[^\n]{1,40}$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\s(?:a|an|A|I|is|it|in|of|to|as|at|by|we|so|if|on)\Z")
_DIGIT = re.compile(r"[0-9π√]")


class Offer(NamedTuple):
    """A formula and where it stands; `sure` if it is the answer even where it cannot be read."""

    place: Where
    text: str
    sure: bool = False


def offered(response: str, several: bool = False) -> Iterator[Offer]:
    """The formulas that may be the answer. `several`: it is a list, so that formulas between commas are one.

    >>> [offer.text for offer in offered("First $a = 2$. So the area is $4\\\\pi$.")][:1]
    ['4\\\\pi']
    """
    if len(response) <= _BARE and parse(response) is not None:
        yield Offer("whole", response.strip())
    prose = masked(response, several)
    for place, piece in places(prose.text[-_TAIL:]):
        if place == "whole":
            yield from _whole(piece, prose)
        elif place in ("stated", "corrected"):
            yield from _stated(piece, place, prose)
        elif place == "last":
            yield from _last(piece, prose)
        elif place == "first":
            yield from (offer for offer in _whole(piece, prose, "first") if _answers(offer.text))


def boxed(response: str) -> str | None:
    """The formula in the last box of a response; None if it has no box.

    >>> boxed(r"So $x = \\boxed{3\\sqrt{5}}$ cm.")
    '3\\\\sqrt{5}'
    """
    start = response.rfind("\\boxed{")
    end = closings(response, start).get(start + 6, -1) if start >= 0 else -1
    if end > 0 and plain_number(response[start + 7 : end]):
        return response[start + 7 : end]  # the most of them
    prose = masked(response)
    boxes = re.findall(rf"\\boxed\{{({LETTER})\}}", prose.text)
    return conclusion(prose.formula(boxes[-1])) if boxes else None


def _whole(piece: str, prose: Masked, place: Where = "whole") -> Iterator[Offer]:
    """A text that is a formula and no more."""
    text = piece.strip(_EDGES)
    if re.fullmatch(LETTER, text):
        yield Offer(place, conclusion(prose.formula(text)))
    elif re.fullmatch(rf"\\boxed\{{{LETTER}\}}", text):
        return  # a statement of its own
    elif len(text) <= _SPAN and (found := _read(text, prose)):
        yield Offer(place, found)


def _answers(text: str) -> bool:
    """Whether a formula in front of more text is an answer rather than the start of working: no equation of numbers."""
    node = parse(text)
    return node is not None and (node.op != "relation" or label(node) is not None)


def _stated(piece: str, place: Where, prose: Masked) -> Iterator[Offer]:
    """What follows "the answer is", or stands in a box."""
    text = piece.strip()
    if re.fullmatch(LETTER, text):
        yield Offer(place, conclusion(prose.formula(text)), sure=True)
        return
    text = (statements(text) or [""])[0].replace("\\boxed{", "").strip()
    lead = _LEAD().match(text)
    rest = text[lead.end() if lead else 0 :]
    if re.match(r"not\b|n't", rest, re.IGNORECASE):
        return
    if re.match(LETTER, rest) and not _REJECTED.match(rest[1:]):
        alone = not re.match(r"\s?[-+*/^=<>(|]", rest[1:])
        if alone:
            yield Offer(place, conclusion(prose.formula(rest[0])), sure=True)
            return
    if (match := _STARTS().match(rest)) and (found := _read(_ARTICLE.sub("", match[0]), prose)):
        yield Offer(place, found)
    elif place == "stated":
        yield from _last(text, prose, place)


def _last(piece: str, prose: Masked, place: Where = "last") -> Iterator[Offer]:
    """What a statement comes to: its last formula, or the formula that is typed at its end."""
    text = piece.strip().replace("\\boxed{", "")
    exact = _ABOUT.sub("", text)
    text = exact if re.search(LETTER, exact) or _DIGIT.search(exact) else text
    letters = list(re.finditer(LETTER, text))
    after = text[letters[-1].end() :] if letters else text
    before = text[: letters[-1].start()] if letters else ""
    if letters and not _DIGIT.search(after):
        if denied := _DENIED.search(before, max(0, len(before) - 40)):
            yield from _last(before[: denied.start()].rstrip(" ,;("), prose, place)
            return
        if _REJECTED.match(after):
            return
        if not re.search(r"(?:[-+*/^=(<>√]|[0-9])\s?$", before):
            yield Offer(place, conclusion(prose.formula(letters[-1][0])), sure=True)
            return
    for end in (text.strip(_EDGES), _UNITS.sub("", text).strip(_EDGES)):
        said = _typed_end(end[-_LONGEST:])
        if not said or _DENIED.search(end[: len(end) - len(said)][-40:]):
            continue
        for tail in (said, _EQUALS.sub("", said)):
            if (_DIGIT.search(tail) or re.search(LETTER, tail)) and (found := _read(tail, prose)):
                yield Offer(place, found)
                return


def _typed_end(text: str) -> str:
    """What stands behind the last word that no formula has."""
    return text[max((match.end() for match in _PIECE().finditer(text) if match.lastgroup), default=0) :].strip()


def _read(text: str, prose: Masked) -> str:
    """A piece of prose as a formula, if it can be read as one."""
    text = conclusion(prose.whole(text)).strip(_EDGES)
    node = parse(text) if text else None
    return text if node is not None and node.op != "words" else ""
