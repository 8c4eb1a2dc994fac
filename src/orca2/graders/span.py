"""A short text, such as a name or a phrase of a passage: the same words, but for case, articles and punctuation.

The comparison is that of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250): exact match, with the F1 of the
words beside it.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.places import STATED, places, statements, tidy, verdict

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NUMBERING = re.compile(r"\([0-9]{1,2}\)|^\s{0,4}(?:[-*•]|[0-9]{1,2}[.)])\s", re.MULTILINE)
_MARKS = re.compile(r"[^\w\s%$+#&/.-]|[.-](?!\w)|(?<!\w)[.-]")
_DATE = re.compile(
    r"\b(?:([0-9]{1,2})(?:st|nd|rd|th)?\s(?:of\s)?)?"
    r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,7}\.?\s(?:[0-9]{1,2}(?:st|nd|rd|th)?,?\s)?[0-9]{4}\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:[\s\"'(:,*-]|\b(?:answer|order|sequence|the|it|it's|that|this|is|was|are|were|would be|called|named|simply|"
    r"just|probably|likely|"
    r"definitely|clearly|most|by|in|on|at|from|to|of|about|because|so|then|therefore|thus|now)(?![\w'-]))*+",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"^(?:based on|according to|as (?:stated|said|mentioned) in|in|from)\s[^,]{1,40},\s", re.IGNORECASE
)
# Where a clause ends that started with the answer: "Paris, which ...", "Paris because ...".
_CLAUSE_ENDS = re.compile(
    r"[;(,]\s|\s[-–—]\s|\s(?:because|since|as|who|which|where|when|although|but|rather than|instead of)\s",
    re.IGNORECASE,
)
_DENIED = re.compile(r"(?:\bnot|n't|never|rather than|instead of|except)\s(?:\w+\s){0,2}$", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:i (?:cannot|can't|can not|could not|couldn't|am unable|do not|don't|am not)|i'm (?:sorry|unable|not|afraid)|"
    r"as an ai|(?:not enough|insufficient|no) information|unclear|unknown|not (?:mentioned|stated|specified|given))\b",
    re.IGNORECASE,
)
_EXTRA = 4  # words beside the gold answer in a clause that states it
_EDGE = " \"'.,;:!?"
_SENTENCE = 25  # words of a closing statement that ends in the answer
_NAME = 3  # words of a correction, as in "Wait, Marie Curie."
_BRIEF = 5  # words of a bare answer; a longer text is a sentence that holds one
_LONG = 12  # words of a stated one


@dataclass(frozen=True, slots=True)
class Span(TextGrader):
    """DOC"""

    name: ClassVar[str] = "span"

    def reads(self, target: str, question: str = "") -> bool:
        """Any gold answer can be compared as text."""
        return True

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read the stated, bare or last span; alternatives such as "Rome or Paris" are ambiguous."""
        gold = plain(target)
        if not gold:
            return Verdict("unextracted", None, "the gold answer is empty")
        text = tidy(text)
        if plain(text) == gold or _dates(text) == _dates(target) != set() or _listed(text) == _listed(target) != "":
            return verdict((target.strip(),), "whole", True)
        for place, piece in places(text):
            if place == "whole" and piece != text and plain(piece) != gold:
                continue  # a first line that is not the answer is the start of prose
            found = _read(piece, place, gold)
            if found:
                read = verdict(found, place, plain(found[0]) == gold or _holds(found[0], gold))
                return Verdict(read.outcome, read.answer, f"{read.why}, F1 {f1(target, found[0]):.2f}")
        return verdict((), "last", False)


load = Span


def f1(target: str, answer: str) -> float:
    """Harmonic mean of precision and recall over the words of two texts, in [0, 1]."""
    gold, said = Counter(plain(target).split()), Counter(plain(answer).split())
    shared = (gold & said).total()
    return 2 * shared / (gold.total() + said.total()) if shared else 0.0


def plain(text: str) -> str:
    """Lower case, without articles, punctuation and double spaces."""
    return " ".join(_ARTICLES.sub(" ", _MARKS.sub(" ", _NUMBERING.sub(" ", text.lower()))).split())


def _dates(text: str) -> set[tuple[str, ...]]:
    """The dates of a text as (month, numbers): "4 March 1789" and "March 4, 1789" are one."""
    return {
        (match[2].lower()[:3], *sorted(re.findall(r"[0-9]+", match[0])))
        for match in _DATE.finditer(text)
    }  # fmt: skip


def _listed(text: str) -> str:
    """The items of a closing list, or the sides of commas and "and", as one sorted text."""
    items = re.findall(r"^[ \t]{0,4}(?:[-*•]|[0-9]{1,2}[.)])[ \t](.{1,80})$", text, re.MULTILINE)
    items = items or re.split(r",\s(?:and\s)?|\sand\s", text) if len(text) < 400 else items
    return " | ".join(sorted(map(plain, items))) if len(items) > 1 else ""


def _read(piece: str, place: Where, gold: str) -> tuple[str, ...]:
    """The span that a piece of a response offers, or the alternatives."""
    pieces = statements(piece) or [""]
    whole = pieces[-1 if place == "last" else 0].strip(_EDGE)
    said = _LEAD.sub("", _SOURCE.sub("", whole), count=1).strip(_EDGE) or whole
    clause = _CLAUSE_ENDS.split(said, maxsplit=1)[0].strip(_EDGE)
    if not plain(clause):
        return ()
    if plain(said) == gold and (place != "whole" or len(pieces) == 1):
        return (said,)
    if _REFUSED.search(said):
        return ()
    if place == "last":
        return _concluded(said, gold)
    brief = len(clause.split()) <= {"stated": _LONG, "corrected": _NAME}.get(place, _BRIEF)
    if not brief or (place == "whole" and (len(pieces) > 1 or STATED.search(piece))) or place == "first":
        return ()
    return _alternatives(clause, gold) or ((said,) if _holds(said, gold) else (clause,))


def _alternatives(text: str, gold: str) -> tuple[str, ...]:
    """The sides of an "or", if the gold answer is one of them."""
    parts = re.split(r"\s+or\s+", re.sub(r"^either\s", "", text, flags=re.IGNORECASE))
    offered = len(parts) > 1 and " or " not in f" {gold} " and any(_holds(part, gold) for part in parts)
    return tuple(parts) if offered else ()


def _concluded(said: str, gold: str) -> tuple[str, ...]:
    """What the closing statement comes to: a quotation, what follows its last "is", or its end."""
    tail = re.split(r"(?:\b(?:is|was|are|were|be|called|means)|:)\s", said)[-1].strip(_EDGE)
    if parts := _alternatives(tail, gold):
        return parts
    quoted = re.findall(r'"([^"]{1,80})"', said)
    for text in (*quoted[-1:], tail, said):
        if _holds(text, gold):
            return (text,)
    words = plain(said).split()
    if words[-len(gold.split()) :] == gold.split() and len(words) <= _SENTENCE and not _DENIED.search(f" {said} "):
        return (gold,)
    return (tail,) if len(tail.split()) <= _LONG and tail != said else ()


def _holds(text: str, gold: str) -> bool:
    """Whether a text is the gold answer with few words around it, and does not deny it."""
    words = f" {plain(text)} "
    at = words.find(f" {gold} ")
    extra = len(words.split()) - len(gold.split())
    return at >= 0 and extra <= max(_EXTRA, len(gold.split())) and not _DENIED.search(words[: at + 1])
