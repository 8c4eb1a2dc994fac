"""A short text, such as a name or a phrase of a passage: stated as the answer, alone or in a sentence.

The same words count, but for case, accents, articles and punctuation, as in SQuAD (Rajpurkar et al. 2016, arXiv
1606.05250), whose F1 is here for others to use; it accepts nothing.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.clauses import clauses, sentences
from orca2.reading.glued import unglued
from orca2.reading.grader import TextGrader
from orca2.reading.names import Name, found_in, name, words
from orca2.reading.phrases import head, standing
from orca2.reading.places import TAIL, places, tidy, verdict
from orca2.reading.prepared import prepared
from orca2.reading.questions import Asked, asked
from orca2.reading.stating import refuses, stated
from orca2.reading.verbatim import is_verbatim, offered, same

_EDGE = " \"'.,;:!?*_"
_BRIEF: dict[Where, int] = {"stated": 12, "corrected": 3, "whole": 12}  # words of an answer that is no prose


@dataclass(frozen=True, slots=True)
class Span(TextGrader):
    """A name or a phrase, alone or in a sentence that is about what was asked.

    >>> said = "The song was written by Mira Holt and recorded by Sam Dean."
    >>> [Span().grade(gold, said, "Who wrote the song?").outcome for gold in ("Mira Holt", "Sam Dean")]
    ['correct', 'wrong']
    """

    name: ClassVar[str] = "span"
    probes: ClassVar[tuple[str, ...]] = ("x",)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read what is stated in so many words, else the prose; "Rome or Paris" is ambiguous."""
        text = text if len(text) <= TAIL else f"{text[: TAIL // 2]}\n{text[-TAIL // 2 :]}"
        text, gold = unglued(tidy(text)), tidy(target)
        if not gold:
            return Verdict("unextracted", None, "the gold answer is empty")
        if is_verbatim(gold, question):
            return _verbatim(gold, text)
        whole = words(gold)
        if words(text) == whole and (whole or text.lower() == gold.lower()):
            return verdict((gold,), "whole", True)
        if not whole:
            return verdict((), "last", False)
        read = self._read(gold, text, question)
        return replace(read, why=f"{read.why}, F1 {f1(gold, read.answer):.2f}") if read.answer else read

    def _read(self, gold: str, text: str, question: str) -> Verdict:
        about = asked(question)
        wanted = name(gold, about.person, about.kind == "where", about.nouns)
        text = prepared(text, gold)
        for place, piece in places(text):
            if place in ("stated", "corrected") and (found := _direct(piece, place, wanted, about, gold)):
                return found
        return _prose(gold, text, wanted, about)


load = Span


def _verbatim(gold: str, text: str) -> Verdict:
    if same(gold, text):
        return verdict((gold,), "whole", True)
    for place, piece in places(text):
        if place in ("stated", "corrected"):
            said = (sentences(piece) or [piece])[0]
            return verdict((said.strip(),), place, same(gold, said) or same(gold, piece))
    ends = list(offered(text))
    return verdict((ends[-1],), "last", any(same(gold, end) for end in ends))


def _direct(piece: str, place: Where, wanted: Name, about: Asked, gold: str) -> Verdict | None:
    """The verdict on what is stated, None where that is no answer but prose."""
    said = (sentences(piece) or [""])[0]
    shown = said.strip(_EDGE)
    parts = clauses(said)
    if not parts:
        return None
    mentioned = [(part, start, end) for part in parts for start, end in found_in(part.said, wanted)]
    denied = False
    for part, start, end in mentioned:
        how = standing(part.said, start, end, about, wanted)
        if how == "or" or (
            not about.glossed and any(other.said[0].plain == "or" and not other.aside for other in parts[1:2])
        ):
            return Verdict("ambiguous", shown, "several answers offered", place)
        if how == "one" and (part is parts[0] or part.turn == "but") and head(part.said, start, end):
            return verdict((gold,), place, True)
        denied = denied or how == "denied"
    if stated(said, wanted, about).found == "stated":
        return verdict((gold,), place, True)
    if denied and len(words(said)) <= len(words(gold)) + 2:
        return Verdict("unextracted", None, "the gold answer is denied", place)
    if mentioned and place == "corrected":
        return None
    return verdict((shown,), place, False) if len(words(said)) <= _BRIEF[place] else None


def _prose(gold: str, text: str, wanted: Name, about: Asked) -> Verdict:
    read = stated(text, wanted, about)
    match read.found:
        case "stated":
            return verdict((gold,), read.where, True)
        case "or":
            return Verdict("ambiguous", read.answer, "several answers offered", read.where)
        case "denied":
            return Verdict("unextracted", None, "the gold answer is denied", read.where)
        case "other":
            return verdict((read.answer,), read.where, False)
    brief = len(words(text)) <= _BRIEF["whole"] and not refuses(text) and not text.endswith("?")
    return verdict((text.strip(_EDGE),) if brief and words(text) else (), "whole", False)


def f1(target: str, answer: str) -> float:
    """Harmonic mean of precision and recall over the words of two texts, in [0, 1]."""
    gold, said = Counter(words(target)), Counter(words(answer))
    shared = (gold & said).total()
    return 2 * shared / (gold.total() + said.total()) if shared else 0.0
