"""Where a text names one of a closed set, such as labels or options by their words, and whether it denies it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orca2.reading.patterns import lazy_pattern

# Words of a sentence that are labels too: they name one only where a statement starts or ends with them.
COMMON = frozenset(
    [
        "yes",
        "no",
        "other",
        "none",
        "all",
        "both",
        "neither",
        "a",
        "an",
        "i",
        "it",
        "one",
        "some",
        "any",
        "not",
        "nothing",
        "maybe",
        "ja",
        "nein",
        "oui",
        "non",
        "si",
        "sí",
        "sì",
        "da",
    ]
)
_HYPHEN = re.compile(r"(?<=\w)[-_](?=\w)")
_NOT = (
    r"(?:\b(?:not|never|neither|nor|unlike|without|except|excludes?|rather than|instead of|as opposed to|less about|"
    r"nothing to do with|nicht|keine?|no es|pas|não é|non è|не)|n't|不是|并非|並非|不属于|ليس)"
)
# "I would not classify it as X", "it doesn't look like X"; not "not only X", "not A but X", "not odd that it is X"
_DENYING = (
    r"(?:(?:\b(?:not|never|cannot)|n't)\s(?!(?:only|just|merely|simply|sure|certain)\b)"
    r"(?:(?!(?:but|however|yet|and|or|so|because|since|though|that|which|who|when|than|if|whether|until|unless)\b)"
    r"[\w']{1,20}\s){1,5}?)"
)
_BETWEEN = (
    r"(?:(?:be|been|really|actually|necessarily|exactly|quite|strictly|clearly|deductively|logically|so much|"
    r"considered|classified|labell?ed|as|about|for|to be|in|an?|the|eine?|une?|un|option|choice|answer|label|"
    r"category)\s){0,3}"
)
_DENIED_BEFORE = lazy_pattern(rf"(?:{_DENYING}|{_NOT})[\s:]{{0,2}}{_BETWEEN}[\"'(\[*]{{0,2}}$", re.IGNORECASE)
_DENIED_AFTER = lazy_pattern(
    r"[\"')\]*]{0,2}\s{0,3}(?:(?:is|are|was|were|would be|seems|looks|can be|could be)\s"
    r"(?:clearly\s|also\s|therefore\s|thus\s|definitely\s|simply\s|both\s)?"
    r"(?:wrong|incorrect|not|false|out|eliminated|excluded|ruled out|implausible|unlikely|irrelevant)\b|"
    r"(?:is|are|was|does|do|did|can|could|would)n't\b|(?:does|do|did|can|could|would)\snot\b|cannot\b|"
    r"では\s?な|じゃ\s?な|(?:가|이)\s아니|不对|是错)",
    re.IGNORECASE,
)
_BEFORE = 80  # characters before a mention that may deny it
_OR = re.compile(r"[\"')\]*]{0,2},?\s(?:or|nor)\s(?:an?\s|the\s)?[\"'(\[*]{0,2}", re.IGNORECASE)
_COMMA = re.compile(r"[\"')\]*]{0,2},\s(?:an?\s|the\s)?[\"'(\[*]{0,2}", re.IGNORECASE)
_JOINS = re.compile(r"[\"'*]{0,3}\s?(?:or|and|/|&)\s?[\"'*]{0,3}|/")
_WORD = re.compile(r"[^\W_]")
_SAYS = re.compile(r"\b(?:say|says|said|answer|answers|be)\s[\"']?$")
_STOPS = re.compile(
    r"[*_]{0,3}\s{0,3}(?:[.,;:!?)\"'-]|$|(?:because|since|as|for|it|he|she|they|we|you|i|there|this|that|these|those|not|"
    r"the|in|on|by|if|based|according)\b)"
)
_PART_BEFORE = re.compile(r"[0-9][.,]$|[-/^.]$")
_PART_AFTER = re.compile(r"[.,/^][0-9]|\s?%|\^")
_HOLDS = ("true", "false", "correct", "incorrect", "possible", "plausible")
_THAT = re.compile(r"\s(?:that|whether)\b")
_SPACELESS = lazy_pattern(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff]"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text names something, and what. `closed`: by a letter in brackets, which is no word of a sentence."""

    start: int
    end: int
    name: str
    closed: bool = False


def flat(text: str) -> str:
    """Lower case, single spaces, no full stop or quotes around.

    >>> flat(' "Not  Spam". ')
    'not spam'
    """
    return " ".join(text.lower().split()).strip("\"'. ")


def spaced(text: str) -> str:
    """A text of the same length in lower case with spaces for line breaks and for the marks inside of names.

    >>> spaced("Not_Spam or\\nout-of-scope")
    'not spam or out of scope'
    """
    low = text.lower()
    if len(low) != len(text):  # "İ" has two characters in lower case
        low = "".join(small if len(small := character.lower()) == 1 else character for character in text)
    return _HYPHEN.sub(" ", low.replace("\n", " "))


def mentions(text: str, names: Iterable[tuple[str, str]]) -> list[Mention]:
    """Whole-word mentions of (alias, name) pairs in a `spaced` text, in order; a longer alias hides a shorter."""
    found: list[Mention] = []
    taken = bytearray(len(text))
    for alias, name in sorted(names, key=lambda pair: -len(pair[0])):
        start = text.find(alias)
        while start >= 0:
            end = start + len(alias)
            if not any(taken[start:end]) and not _within_word(text, start, end):
                taken[start:end] = b"\1" * len(alias)
                found.append(Mention(start, end, name))
            start = text.find(alias, end)
    return sorted(found, key=lambda mention: mention.start)


def denied(text: str, found: Sequence[Mention]) -> list[bool]:
    """Which mentions a text denies, as in "not X", "X is wrong" or both of "neither X nor Y"."""
    said = [
        bool(_DENIED_BEFORE().search(text[max(0, mention.start - _BEFORE) : mention.start]))
        or bool(_DENIED_AFTER().match(text, mention.end))
        for mention in found
    ]
    for at in range(1, len(found)):  # "not A, B or C" denies all three
        if said[at - 1] and not said[at]:
            said[at] = _goes_on(text, found, at)
    for at in range(len(found) - 2, -1, -1):  # "A and B are wrong"
        between = text[found[at].end : found[at + 1].start]
        after = bool(_DENIED_AFTER().match(text, found[at + 1].end))
        said[at] = said[at] or (said[at + 1] and after and between.strip() in ("and", "&", ",", ", and"))
    return said


def meant(text: str, names: Iterable[tuple[str, str]], lead: re.Pattern[str]) -> tuple[list[Mention], list[bool]]:
    """The mentions in a `spaced` statement without common words in passing, and which of them it denies.

    "There is no way" does not say no; "so I would say no" and "no, there is none" do. `lead` is what may stand before
    the word that a statement starts with.
    """
    found = mentions(text, names)
    kept: list[Mention] = []
    for mention in reversed(found):
        said = text[mention.start : mention.end]
        if said in _HOLDS and _THAT.match(text, mention.end):  # "it is true that" names nothing
            continue
        common = said in COMMON
        joins = bool(kept) and bool(_JOINS.fullmatch(text, mention.end, kept[-1].start))
        if not common or joins or _stands(text, mention, lead):
            kept.append(mention)
    kept.reverse()
    return kept, denied(text, kept)


def joined(text: str, found: Sequence[Mention], join: re.Pattern[str]) -> list[Mention]:
    """The first mention, with those that only a `join` such as " or " parts from the one before."""
    offered = list(found[:1])
    for mention in found[1:]:
        if not join.fullmatch(text, offered[-1].end, mention.start):
            break
        offered.append(mention)
    return offered


def _stands(text: str, mention: Mention, lead: re.Pattern[str]) -> bool:
    """Whether a common word is what its statement says: at its end, after "I say", or in front of a stop."""
    if not _WORD.search(text, mention.end) or _SAYS.search(text, max(0, mention.start - 20), mention.start):
        return True
    return bool(lead.fullmatch(text, 0, mention.start) and _STOPS.match(text, mention.end))


def _goes_on(text: str, found: Sequence[Mention], at: int) -> bool:
    if _OR.fullmatch(text, found[at - 1].end, found[at].start):
        return True
    more = at + 1 < len(found) and bool(_OR.fullmatch(text, found[at].end, found[at + 1].start))
    return more and bool(_COMMA.fullmatch(text, found[at - 1].end, found[at].start))


def _within_word(text: str, start: int, end: int) -> bool:
    """Whether a mention is a part of a word or number; a language without spaces has no such bounds."""
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    if text[start].isdigit() and _PART_BEFORE.search(text, max(0, start - 2), start):
        return True
    if text[end - 1].isdigit() and _PART_AFTER.match(text, end):
        return True
    if before and (_SPACELESS().match(text[start - 1]) or _SPACELESS().match(text[start])):
        before = False
    if after and (_SPACELESS().match(text[end - 1]) or _SPACELESS().match(text[end])):
        after = False
    return before or after
