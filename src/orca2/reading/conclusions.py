"""Which of the quantities of a statement is its answer: not what it denies or bounds, and the main thing it says."""

import re
from collections.abc import Sequence

from orca2.reading.asides import Thing, main, offered_with
from orca2.reading.patterns import lazy_pattern
from orca2.reading.quantities import Quantity
from orca2.reading.wanted import Wanted, stem, words

_SUMMED = frozenset(("answer", "result", "final"))
_DIGIT = re.compile(r"[0-9]")

_NEAR = 40  # characters before a number that may deny it
_NOT = re.compile(
    r"(?:\bnot|n't|\bcannot|\bnever|\binstead of|\brather than|\bno longer|\bneither|\bnor|\bnicht|\bpas|\bno es|"
    r"\bnon è|\bне|不是|并非|"
    r"\bisnt|≠|!=|\\neq?|\\not=?)[\s*]{0,3}"
    r"(?:(?:be|have been|equal(?: to)?|just|simply|necessarily|exactly|really|actually|the number|the|a|"
    r"any)\s){0,2}[\s$€£(\"'*]{0,3}$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?<!no )(?<!not )\b(?:less|more|fewer|greater|bigger|smaller|larger|higher|lower|older|younger|longer|"
    r"shorter) than\s"
    r"(?:\w+\s)?[$€£]?$|(?<!\\)[<>]\s?[$€£]?$|\\[lg]t\s?$|"
    r"\b(?:is|are|was|were|well|slightly|just|be|somewhat)\s(?:over|above|under|below|beyond)\s[$€£]?$|"
    r"\bexceed(?:s|ing)?\s[$€£]?$|"
    r"^\W{0,4}(?:over|above|under|below|beyond)\s[$€£]?$|\bwithout(?: the)?\s$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"[\s)\"'*]{0,3}(?:[a-z%$€°]{1,15}\s){0,2}?(?:(?:is|are|was|were|would be|seems|must be|looks)\s"
    r"(?:clearly |definitely |also |just |simply |obviously |probably )?"
    r"(?:wrong|incorrect|not (?:right|correct|the|an?|possible|it|true|enough|what)|false|impossible|too |"
    r"a mistake|mistaken|off\b)|"
    r"(?:isn't|cannot|can't|couldn't|wasn't|doesn't)\s)|\s?(?:ではな|じゃな|でない|不对|不正确|是错|错误|가 아니|"
    r"이 아니)",
    re.IGNORECASE,
)
_RATE = re.compile(r"\s?(?:each|apiece|a piece|per|every|an?)\b|\s?/\s?[a-z]", re.IGNORECASE)
# The parts of a statement that say something of a subject each, and where their subjects end.
_CLAUSES = re.compile(
    r";\s|\n|\||,?\s(?:and|while|whereas|but|und|et|y)\s(?=(?:the|its|his|her|der|die|das|le|la|el)\b)|,\s(?=the\b)",
    re.IGNORECASE,
)
_SUBJECT = lazy_pattern(
    r"\W{0,6}(?:(?:so|therefore|thus|hence|then|and|now),?\s)?(.{2,80}?)"
    r"(?:\s(?:is|are|was|were|equals?|comes to|amounts to|will be|would be|ist|sind|beträgt|est|es)\b|\s?[:=])",
    re.IGNORECASE,
)


_ANY_AMOUNT = frozenset(("amount", "price", "cost", "number", "value", "sum", "figure", "answer", "result"))
_JOINT = re.compile(r"[,;.]\s|\b(?:and|while|whereas|but|und|et|y)\b", re.IGNORECASE)
_CONCLUDES = re.compile(r"\b(?:so|therefore|thus|hence|then|finally|total|altogether|leaves?|left)\b", re.IGNORECASE)
_ROW = re.compile(r"^\|\s?([^|\n]{1,80}?)\s?\|\s?([^|\n]{1,80}?)\s?\|$")
_NAME = re.compile(
    r"\b(?!(?:So|The|Then|Thus|Therefore|Hence|Now|In|After|Since|Total|Together|Each|They|He|She|It|This|"
    r"That)\b)[A-Z][a-z]{1,20}\b"
)
# Without one of these a statement neither denies nor bounds a number.
_DENIES = re.compile(
    r"not|n't|never|instead|rather|longer|nor|nicht|pas|no es|non è|не|isnt|than|over|above|under|below|beyond|"
    r"exceed|without|"
    r"wrong|false|impossible|incorrect|too |mistake|\boff\b|[<>≠]|!=|\\ne|\\[lg]t|不|并非|错|でな|はな|じゃな|아니|ليس",
    re.IGNORECASE,
)


def standing(text: str, things: Sequence[Thing]) -> list[Thing]:
    """What a statement does not deny, as in "not 5" or "5 is wrong", and does not only bound."""
    if not _DENIES.search(text):
        return list(things)
    kept = []
    for thing in things:
        before = text[max(0, thing.start - _NEAR) : thing.start]
        if not _NOT.search(before) and not _BOUND.search(before) and not _DENIED_AFTER.match(text, thing.end):
            kept.append(thing)
    return kept


def about(said: Sequence[str], wanted: Wanted) -> str | None:
    """The clause of statements whose subject is what the question asks for, if the last one has another subject.

    >>> from orca2.reading.wanted import wanted
    >>> about(["The amount before tax is 432.", "The tax is 86.40."], wanted("What is the amount before tax?"))
    'The amount before tax is 432.'
    """
    rows = [_ROW.sub(r"\1: \2", statement) for statement in said]
    clauses = [clause for statement in rows for clause in _CLAUSES.split(statement) if clause]
    named = [
        (subject[1], clause) for clause in clauses if (subject := _SUBJECT().match(clause)) and _DIGIT.search(clause)
    ]
    if len(named) < 2 or named[-1][1] is not clauses[-1] or words(named[-1][0]) & _SUMMED:
        return None
    if wanted.person:
        people = [(_NAME.findall(subject), clause) for subject, clause in named]
        own = people[-1][0]
        return next(
            (c for names, c in reversed(people) if wanted.person in names and own and wanted.person not in own), None
        )
    last = words(named[-1][0])
    if not last or not wanted.subject or wanted.subject <= last:
        return None
    whole = [clause for subject, clause in named if wanted.subject <= words(subject)]
    if whole or last & wanted.subject:
        return whole[-1] if whole else None
    return next(
        (clause for subject, clause in reversed(named) if words(subject) and words(subject) <= wanted.subject), None
    )


def concluded(text: str, quantities: Sequence[Quantity], wanted: Wanted) -> list[Quantity]:
    """The answer of a statement that only mentions it: one quantity, or those that "or" joins."""
    found = [quantity for quantity in quantities if not quantity.worked and (wanted.place or not quantity.ordinal)]
    if not found:
        return []
    mainly = main(text, found, wanted.difference)
    offered: list[Quantity] = []
    for quantity in offered_with(text, found, _asked(text, found, mainly, wanted)):
        if offered and quantity.alike(offered[-1]):  # 1/4, or 25%
            offered[-1] = offered[-1]._replace(also=(*offered[-1].also, quantity))
        else:
            offered.append(quantity)
    return offered


def _asked(text: str, found: Sequence[Quantity], mainly: Sequence[Quantity], wanted: Wanted) -> Quantity:
    """The last main quantity, unless it is of another kind than the question asks for and another one is not."""
    last = mainly[-1]
    if wanted.letter and len(found) > 1:
        equal = re.compile(rf"(?<![\w\\]){wanted.letter}\s?=\s?[$(]?$")
        if equated := [quantity for quantity in found if equal.search(text, 0, quantity.start)]:
            return equated[-1]
    if len(found) > 1 and (wanted.subject or wanted.person) and (named := _named(text, found, last, wanted)):
        return named
    if wanted.place and not last.ordinal and (ordinals := [quantity for quantity in found if quantity.ordinal]):
        return ordinals[-1]
    if wanted.share and not last.percent and (shares := [quantity for quantity in found if quantity.percent]):
        return shares[-1]
    if wanted.year and not _is_year(last) and (years := [quantity for quantity in found if _is_year(quantity)]):
        return years[-1]
    if wanted.things and last.nouns and not _counts(last, wanted):
        counted = [quantity for quantity in (*found, *mainly) if _counts(quantity, wanted)]
        if counted:
            return counted[-1]
    if wanted.money and not wanted.things and not last.money:
        prices = [quantity for quantity in mainly if quantity.money] or [
            quantity for quantity in found if quantity.money and not _RATE.match(text, quantity.end)
        ]
        if prices:
            return prices[-1]
    return last


def _named(text: str, found: Sequence[Quantity], last: Quantity, wanted: Wanted) -> Quantity | None:
    """The last quantity beside which all words of the question's subject stand, if they do not stand beside `last`."""
    beside = [
        _beside(text, found, at) if one is last or _JOINT.search(text, one.end, last.start) else ""
        for at, one in enumerate(found)
    ]
    own = beside[found.index(last)]
    if wanted.person:
        names = _NAME.findall(own)
        named = [one for one, said in zip(found, beside, strict=True) if wanted.person in _NAME.findall(said)]
        return named[-1] if named and names and wanted.person not in names else None
    subject = wanted.subject - _ANY_AMOUNT
    if not subject or not words(own) or subject <= words(own) or _CONCLUDES.search(own):
        return None
    named = [one for one, said in zip(found, beside, strict=True) if subject <= words(said)]
    return named[-1] if named else None


def _beside(text: str, found: Sequence[Quantity], at: int) -> str:
    """What is said of a quantity: from the joint before it to the joint behind it."""
    before = text[found[at - 1].end if at else 0 : found[at].start]
    after = text[found[at].end : found[at + 1].start if at + 1 < len(found) else len(text)]
    joints = list(_JOINT.finditer(before)) if at else []
    joint = _JOINT.search(after)
    return f"{before[joints[-1].end() :] if joints else before} {after[: joint.start()] if joint else after}"


def _is_year(quantity: Quantity) -> bool:
    return re.fullmatch(r"[12][0-9]{3}", quantity.raw) is not None and quantity.unit is None


def _counts(quantity: Quantity, wanted: Wanted) -> bool:
    """Whether a quantity is one of the things that are asked for: "5 vans" where the question says how many vans."""
    return any(stem(noun) in wanted.things for noun in quantity.nouns)
