"""Which option a part of a response chooses: the mark it starts with, concludes with, or names alone."""

import functools
import re
from collections.abc import Sequence

from orca2.core.types import Where
from orca2.reading.broken import breaks_off
from orca2.reading.choices import Asked, bare, lists
from orca2.reading.letters import hits, with_words
from orca2.reading.mentions import Mention, denied, joined, meant, spaced
from orca2.reading.patterns import lazy_pattern
from orca2.reading.places import STATEMENT, statements, tidy
from orca2.reading.undecided import NOTHING, settled

_LEAD = lazy_pattern(
    r"(?:[\s\"',:*$=>\[(-]|\b(?:option|choice|letter|answer|number|is|it|it's|that|that's|therefore|thus|so|then|now|no|"
    r"definitely|clearly|probably|most likely|likely|either|both|the|i|i'd|we|think|believe|guess|say|must|has|to|be|"
    r"would|should|seems|this|means)(?![\w'-]))*+",
    re.IGNORECASE,
)
_JOIN = re.compile(
    r"[\s,;/&)\]\"'*]{0,4}(?:\b(?:or|and|nor|y|o|e|et|ou|und|oder)\b|和|或|と|와|과)?[\s,(\[\"'*]{0,4}"
    r"(?:(?:possibly|perhaps|maybe|also|even)\s)?(?:(?:option|choice)\s)?[(\[]?",
    re.IGNORECASE,
)
_AND = re.compile(r"[\s,;&)\]\"'*.]{0,4}(?:\band\b)?[\s,(\[\"'*]{0,4}(?:(?:option|choice)\s)?[(\[]?", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\b(?:(first|second|third|fourth|fifth|last)(?:\s(?:option|choice|answer|one|statement))?)"
    r"(?=\W{0,4}$|\sor\sthe\s(?:first|second|third|fourth|fifth|last)\b)",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_LEAVES = re.compile(r".*\b(?:leav(?:es|ing)|left with|so|hence|thus|therefore)\b", re.IGNORECASE)
_TURNS = re.compile(r"\W{0,3}(?:but|however|yet|instead|still|overall|in conclusion|finally)\b", re.IGNORECASE)
# a statement about one option: "A is", "B) plum", "Option C says"
_DISCUSSES = lazy_pattern(
    r"\W{0,4}(?:(?:option|choice|statement|answer)\s)?[(\[]?[A-Z](?:[)\].:]{1,2}\s|"
    r"\s(?=(?:is|are|was|has|have|does|do|can|would|could|says?|describes?|refers?|means?|shows?|contains?|includes?)\b))",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[)\]]?\s{0,3}(?:[.!?,;:。、]|$)")
_ALONE = re.compile(r"\W{0,3}([a-z])(?:\W{0,3}$|[,;:).](?=\s))")


class IncrementalDetokenizer:
    """Reads the option in a part of a response.

    One that breaks off has no last statement; where it lists the options again, a lone option is no answer; where it
    goes through them, what is said of one is none.
    """

    def __init__(self, asked: Asked, response: str) -> None:
        self.asked = asked
        self.lists = functools.cache(lambda: lists(response, asked))
        self.broken = functools.cache(lambda: breaks_off(response))
        self.discussed = functools.cache(lambda: self._discussed(response))

    def read(self, text: str, place: Where, firm: bool) -> tuple[str, ...]:
        """The marks that a part names.

        A closing statement is read twice: `firm` for what it settles on, then for what it names in passing.
        """
        if place == "last":
            if self.broken():
                return ()
        elif firm == (place == "opening"):
            return ()
        alone = bare(text, self.asked) if place in ("whole", "first", "last", "opening") else ()
        if alone and len(text) > 2 and self.lists():
            return ()
        if place in ("whole", "first"):
            return self._known(alone)
        offered = self._offered(text, strict=place not in ("stated", "corrected"))
        if offered and place == "corrected" and not _STOPS.match(text, offered[0].end):
            return ()
        if offered and not (place == "last" and self._discusses(text)):
            return self._known(tuple(hit.name for hit in offered))
        if place == "stated":
            return self._stated(text)
        return self._last(text, firm) if place == "last" else ()

    def _discussed(self, response: str) -> set[str]:
        """The options that a response speaks of one by one, each in a statement that starts with its mark."""
        said = [text[:STATEMENT] for text in statements(tidy(response)) if self._discusses(text, alone=True)]
        return {hit.name for text in said for hit in self._offered(text, strict=True)}

    def _discusses(self, text: str, alone: bool = False) -> bool:
        """Whether a statement speaks of an option among others: "A is a star." "B) plum grows on trees."."""
        if not (mark := _DISCUSSES().match(text)) or _STOPS.match(text, mark.end()):
            return False
        return alone or len(self.discussed()) > 1

    def _offered(self, text: str, strict: bool) -> list[Mention]:
        """The mark that a text starts with, with those joined to it as in "(A), (B) or (C)"."""
        found = self._marks(text, strict)
        join = _AND if self.asked.several else _JOIN
        return joined(text, found, join) if found and _LEAD().fullmatch(text, 0, found[0].start) else []

    def _marks(self, text: str, strict: bool) -> list[Mention]:
        words, _ = meant(spaced(text), self.asked.names, _LEAD())
        found = with_words(text, hits(text, self.asked.kind, self.asked.texts, strict), words)
        return [hit for hit, no in zip(found, denied(text, found), strict=True) if not no]

    def _stated(self, text: str) -> tuple[str, ...]:
        if (alone := _ALONE.match(text)) and self.asked.kind == "letter":
            return self._known((alone[1].upper(),))
        said = (statements(text) or [""])[0]
        if named := self._worded(text, said):
            return named
        if (part := settled(said, self.asked.names)) != said:
            return self._settled(part)
        return self._known(_all(self._marks(said, strict=False))) or self._ordinal(said)

    def _last(self, text: str, firm: bool) -> tuple[str, ...]:
        left = _LEAVES.match(text)
        said = text[left.end() :] if left else text
        if (part := settled(said, self.asked.names)) != said:
            return self._settled(part)
        if firm and not left and not _TURNS.match(text):
            return ()
        if self._discusses(text):
            return tuple(sorted(self.discussed()))  # it went through them and settled on none
        found = self._worded(said, said) or _all(self._marks(said, strict=True)) or self._ordinal(said)
        return found or (self._worded(text, text) if left and not firm else ())

    def _settled(self, part: str | None) -> tuple[str, ...]:
        """What a statement names behind its "hard to say, but", if it goes on at all."""
        return (self._worded(part, part) or _all(self._marks(part, strict=True)) if part else ()) or (NOTHING,)

    def _worded(self, text: str, said: str) -> tuple[str, ...]:
        """Options named by their words: those that the text starts with, else all in the statement."""
        if any(hit.closed for hit in self._marks(said, strict=True)):
            return ()
        if self.asked.numeric and "=" in said:  # a calculation names numbers in passing
            text = said = said.rpartition("=")[2]
        line = spaced(text)
        found, no = meant(line, self.asked.names, _LEAD())
        if found and not no[0] and _LEAD().fullmatch(line, 0, found[0].start):
            return tuple(named.name for named in joined(line, found, _JOIN))
        line = spaced(said)
        found, no = meant(line, self.asked.names, _LEAD())
        return tuple(named.name for named, out in zip(found, no, strict=True) if not out)

    def _known(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """The marks as they are; one that no option has is no answer."""
        return found if all(map(self.asked.has, found)) else (NOTHING,)

    def _ordinal(self, said: str) -> tuple[str, ...]:
        """The options that "the second one" or "the first or the last option" means."""
        keys = list(self.asked.texts)
        places = [len(keys) - 1 if found[1].lower() == "last" else _ORDINALS.index(found[1].lower())
                  for found in _ORDINAL.finditer(said)]  # fmt: skip
        return tuple(keys[place] for place in places if 0 <= place < len(keys))


def _all(found: Sequence[Mention]) -> tuple[str, ...]:
    """Every mark of a statement; those in brackets hide the others."""
    return tuple(hit.name for hit in found if hit.closed) or tuple(hit.name for hit in found)
