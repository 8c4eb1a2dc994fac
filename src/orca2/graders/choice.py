"""Lettered options, by letter or by the words of one; two letters offered as one answer are ambiguous."""

import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict
from orca2.reading.choices import Asked, joined_marks, weighed
from orca2.reading.chosen import OptionReader
from orca2.reading.grader import TextGrader
from orca2.reading.mentions import flat
from orca2.reading.places import read_with, verdict
from orca2.reading.undecided import NO_ANSWER, NOTHING

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
    probes: ClassVar[tuple[str, ...]] = ("", "A", "1")

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
        reader = OptionReader(asked, text)
        cue = _CUE if "answer" in text.lower() else None
        found, place = read_with(text, lambda text, place: reader.read(text, place, firm=True), cue)
        if not found:
            found, place = read_with(text, lambda text, place: reader.read(text, place, firm=False), cue)
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
