"""Lettered options, by letter or by the words of one; two letters offered as one answer are ambiguous."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading.broken import breaks_off
from orca2.reading.choices import Asked, bare, joined_marks, lists, weighed
from orca2.reading.grader import TextGrader
from orca2.reading.letters import hits, with_words
from orca2.reading.mentions import Mention, denied, flat, joined, meant, spaced
from orca2.reading.places import read_with, statements, verdict
from orca2.reading.undecided import NO_ANSWER, NOTHING, settled

_LEAD = re.compile(
    r"(?:[\s\"',:*$=>\[(-]|\b(?:option|choice|letter|answer|number|is|it|it's|that|that's|therefore|thus|so|then|now|no|"
    r"definitely|clearly|probably|most likely|likely|either|both|the)(?![\w'-]))*+",
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
_STOPS = re.compile(r"[)\]]?\s{0,3}(?:[.!?,;:。、]|$)")
_ALONE = re.compile(r"\W{0,3}([a-z])(?:\W{0,3}$|[,;:).](?=\s))")
_CUE = re.compile(NO_ANSWER, re.IGNORECASE)
# how most answers to such questions end; it is read without looking at anything else
_PLAIN_END = re.compile(
    r"(?:\A|[.!?]\s|\n)\s?(?:(?:So|Therefore|Thus|Hence),?\s)?[Tt]he (?:correct |final |best )?answer is:? "
    r"\(?([A-Z])\)?\.?\s*\Z"
)
_BOXED_END = re.compile(r"\\boxed\{\s?(?:\\text(?:bf)?\{)?\(?([A-Z])\)?\}{1,2}\s?(?:\\[)\]]|\$)?\.?\s*\Z")
# "\boxed{B} and \boxed{D}" is one answer
_BOXES = re.compile(r"\}\s?(?:\$|\\\))?\s?(,|and|or|&|, and|, or)\s?(?:\$|\\\()?\s?\\boxed\s?\{")
_LETTER = re.compile(r"\(?([A-Z])\)?")


@dataclass(frozen=True, slots=True)
class Choice(TextGrader):
    """Reads the option of a question that lists some, by its letter or number, or by its words.

    >>> Choice().grade("(B)", "So it is plum.", "Which is a fruit?\\n(A) stone\\n(B) plum").answer
    '(B)'
    >>> Choice().grade("B) plum", "The answer is A or B.", "Which is a fruit?\\nA) stone\\nB) plum").outcome
    'ambiguous'

    The options stand in the question: lettered (`A)`, `(A)`, `[A]`, `A.`, one a line or all in one), numbered or with
    roman numerals. A mark that no option has is no answer, nor is "none of the above" where no option says so.
    """

    name: ClassVar[str] = "choice"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is the mark of an option ("(A)", "A", "A) words") or the words of one."""
        return bool(_LETTER.fullmatch(target)) or Asked.of(target, question).gold is not None

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one letter; `question` lists the options, for answers that give only the words of one."""
        letter, said = _LETTER.fullmatch(target), _plain_end(text)
        if letter and said and (f"\n{said[1]}." in question or f"({said[1]})" in question):
            return verdict((f"({said[1]})",), "stated", said[1] == letter[1])
        asked = Asked.of(target, question)
        if len(text) < len(question) and len(asked.names) > 1 and flat(text) == flat(asked.listing):
            return verdict((), "last", False)  # nothing but the options again
        text = _BOXES.sub(r" \1 ", text) if text.count("boxed") > 1 else text
        reader = _Reader(asked, text)
        found, place = read_with(text, reader.read, _CUE if "answer" in text.lower() else None)
        if place == "last" and not reader.broken() and len(passed := weighed(text, asked)) == 1:
            found = passed
        if NOTHING in found:
            found = ()
        if asked.several and found:
            found = (joined_marks(found),)
        return verdict(tuple(f"({name})" if len(name) < 5 else name for name in found), place, found == (asked.gold,))


load = Choice


def _plain_end(text: str) -> re.Match[str] | None:
    tail = text[-80:]
    return _PLAIN_END.search(tail) or (_BOXED_END.search(tail) if tail.count("boxed") == 1 else None)


class _Reader:
    """Reads the option in a part of a response.

    One that breaks off has no last statement; where it lists the options again, a lone option is no answer.
    """

    def __init__(self, asked: Asked, response: str) -> None:
        self.asked, self.response = asked, response
        self.lists = functools.cache(lambda: lists(response, asked))
        self.broken = functools.cache(lambda: breaks_off(response))

    def read(self, text: str, place: Where) -> tuple[str, ...]:
        alone = bare(text, self.asked) if place in ("whole", "first", "last", "opening") else ()
        if alone and len(text) > 2 and self.lists():
            return ()
        if place in ("whole", "first"):
            return self._known(alone)
        stated = place in ("stated", "corrected")
        if place == "last" and self.broken():
            return ()
        offered = self._offered(text, strict=not stated)
        if offered:
            return self._names(offered) if place != "corrected" or _STOPS.match(text, offered[0].end) else ()
        if place == "stated":
            return self._stated(text)
        return self._last(text) if place == "last" else ()

    def _offered(self, text: str, strict: bool) -> list[Mention]:
        """The mark that a text starts with, with those joined to it as in "(A), (B) or (C)"."""
        found = self._marks(text, strict)
        join = _AND if self.asked.several else _JOIN
        return joined(text, found, join) if found and _LEAD.fullmatch(text, 0, found[0].start) else []

    def _marks(self, text: str, strict: bool) -> list[Mention]:
        words, _ = meant(spaced(text), self.asked.names, _LEAD)
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

    def _last(self, text: str) -> tuple[str, ...]:
        left = _LEAVES.match(text)
        said = text[left.end() :] if left else text
        if (part := settled(said, self.asked.names)) != said:
            return self._settled(part)
        return self._worded(said, said) or _all(self._marks(said, strict=True)) or self._ordinal(said)

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
        found, no = meant(line, self.asked.names, _LEAD)
        if found and not no[0] and _LEAD.fullmatch(line, 0, found[0].start):
            return tuple(named.name for named in joined(line, found, _JOIN))
        line = spaced(said)
        found, no = meant(line, self.asked.names, _LEAD)
        return tuple(named.name for named, out in zip(found, no, strict=True) if not out)

    def _names(self, found: Sequence[Mention]) -> tuple[str, ...]:
        return self._known(tuple(hit.name for hit in found))

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
