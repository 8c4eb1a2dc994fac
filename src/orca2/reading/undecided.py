"""Conclusions that settle on nothing: "it depends", "cannot be determined", "none of the options"."""

import re
from collections.abc import Iterable

from orca2.reading.mentions import mentions, spaced
from orca2.reading.patterns import lazy_pattern

# What a reader gives for a conclusion that settles on nothing: no answer, and none is looked for elsewhere.
NOTHING = "\0"
# After these words too it is stated that there is no answer: "The answer depends on the weather."
NO_ANSWER = (
    r"\banswers?\b(?:\s?\([^()\n]{1,60}\))?\s{1,3}"
    r"(?=(?:depends?|varies|vary|remains?|cannot|can't|could|may|might|lies|isn't|is\s?n't)\b)"
)
_KNOWING = (
    r"(?:say|tell|know|known|determined?|decided?|answer(?:ed)?|concluded?|ascertain(?:ed)?|verify|verified|infer(?:red)?|"
    r"establish(?:ed)?|judged?|predict(?:ed)?|be (?:sure|certain)|"
    r"(?:give|provide|offer) (?:an?|any) (?:\w{1,20} ){0,2}answer)"
)
_WHOLLY = r"(?:really |fully |entirely |completely |definitively |definitely |conclusively |all |100% |be )*+"
_OPEN = lazy_pattern(
    r"(?:\b|(?=n't))(?:unknown|unclear|uncertain|undetermined|undecided|undecidable|indeterminate|inconclusive|"
    r"unanswerable|unknowable|debatable|open to (?:interpretation|debate)|a matter of (?:opinion|interpretation|taste)|"
    r"n/a\b|not applicable|no (?:way|means) (?:to|of)|"
    r"(?:(?:not|n't) (?:enough|sufficient)|insufficient|too little|no) (?:information|data|evidence|context|details?)|"
    rf"(?:it|that|this|answers?(?:\s?\([^()]{{1,60}}\))?) {_WHOLLY}(?:depends?|varies)|depends? (?:up)?on|"
    r"(?:can(?:not| not|'t)|could(?:n't| not)|unable to|impossible to|not possible to|not able to|hard to|"
    rf"difficult to|(?:do|does)(?:n't| not)) (?:be )?{_WHOLLY}{_KNOWING}|"
    rf"(?:not|n't) {_WHOLLY}(?:known|clear|certain|sure|guaranteed|determinable|decidable|answerable)|"
    r"(?:none|neither) of (?:the |these |those |them\b|above)(?!\s?(?:others?|rest|remaining)\b)|"
    r"(?:neither|no) (?:(?:correct|right|valid|suitable|good|single|clear|given|listed) )?(?:option|answer|choice)|"
    r"(?:no ?one|nobody) (?:knows|can (?:say|tell|know))|neither one\b|either (?:way|one)\b|"
    r"none (?:is|are|fits?|match(?:es)?|applies|apply|works?)\b|"
    r"not (?:listed|available|among|an option|one of|in the (?:list|options|choices)))|"
    r"^\W{0,3}(?:none|neither|maybe|perhaps|possibly|it depends)\W{0,3}$|"
    r"无法(?:确定|判断|得知|回答)|不能确定|不确定|取决于|以上都不|わかりません|判断できません|알 수 없",
    re.IGNORECASE,
)
# "It is unknown when he died" says nothing of whether he did
_ASIDE = re.compile(r"\s(?:when|why|how|where)\b")
_BUT = re.compile(r"\b(?:but|however|though|yet|still|if i (?:have|had) to (?:choose|pick|guess))\b", re.IGNORECASE)


def settled(said: str, names: Iterable[tuple[str, str]] = ()) -> str | None:
    """The part of a statement that may name an answer; None if the statement settles on nothing.

    An answer of the (alias, name) pairs may itself say so: "none of the above", "unknown".

    >>> settled("It is impossible to say who would win.")
    >>> settled("It is hard to say, but probably B.")
    ' probably B.'
    >>> settled("None of the others float, so it is the cork.")
    'None of the others float, so it is the cork.'
    """
    if not _open(said, names):
        return said
    turns = list(_BUT.finditer(said))
    rest = said[turns[-1].end() :] if turns else ""
    return rest if rest.strip() and not _open(rest, names) else None


def _open(said: str, names: Iterable[tuple[str, str]]) -> bool:
    found = _OPEN().search(said)
    if not found or _ASIDE.match(said, found.end()):
        return False
    return not any(one.start < found.end() and found.start() < one.end for one in mentions(spaced(said), names))
