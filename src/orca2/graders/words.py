"""An ordered list of words: spaces, commas, lines and numbering are alike, the order counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.places import ASIDE, places, tidy, verdict

_ASKED = re.compile(r"\b(?:sort|alphabetical(?:ly)?|(?:re)?arrange|(?:re)?order|reverse)\b", re.IGNORECASE)
_SPLIT = re.compile(r"[\s,;<>|]+|->|→")
_LEAD = re.compile(r".*(?::|\b(?:is|are|be)\b)", re.IGNORECASE)
_ITEM = re.compile(r"\s{0,8}(?:[0-9]{1,3}[.)]|[-*•])\s{1,4}")
_QUESTION = 20_000  # characters of a question, from its end, that may list the words
_TOLD = {
    "first",
    "then",
    "finally",
    "next",
    "comes",
    "last",
    "lastly",
    "after",
    "followed",
}  # words of an order in prose
_JOINING = {"and", "then"}
_EDGE = ".:!?\"'()[]*"


@dataclass(frozen=True, slots=True)
class Words(TextGrader):
    """Reads words whose order is asked for: sorted, reversed, put in order.

    >>> Words().grade("boil pour drink", "1. Boil\\n2. Pour\\n3. Drink", "Put in order: pour, boil, drink").outcome
    'correct'
    >>> Words().grade("boil pour drink", "boil, drink and pour", "Put in order: pour, boil, drink").outcome
    'wrong'
    """

    name: ClassVar[str] = "words"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the question asks for an order and the gold answer is several of its words."""
        gold, asked = _words(target), question[-_QUESTION:]
        return len(gold) > 1 and bool(_ASKED.search(asked)) and set(gold) <= set(_words(asked))

    def probes_of(self, question: str) -> tuple[str, ...]:
        """The words that the question lists behind its last colon, else all of its words."""
        asked = question[-_QUESTION:]
        return (" ".join(_words(asked.rpartition(":")[2])), " ".join(_words(asked)))

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Compare word by word, without regard to case.

        A last line is read as the list only if it has half of the gold words: prose is no list.
        """
        gold, text = _words(tidy(target)), tidy(text.replace("\\&", "&"))
        if gold and gold == _words(text):
            return verdict((" ".join(gold),), "whole", True)
        for place, listed in _lists(text, gold):
            said = [word for word in listed if word in gold or word not in _JOINING]
            if said and (place == "stated" or 2 * len(set(said) & set(gold)) >= len(set(gold))):
                told = bool(_TOLD & set(said)) and _named(said, gold) == gold
                return verdict((" ".join(said),), place, said == gold or told)
        named = _named(_words(text), gold)
        if sorted(named) == sorted(gold):
            return verdict((" ".join(named),), "last", named == gold)
        return verdict((), "last", False)


load = Words


def _named(said: list[str], gold: list[str]) -> list[str]:
    """The gold words in the order of a text that names each of them once: "first boil it, then pour it"."""
    wanted = set(gold)
    return [word for word in said if word in wanted]


def _lists(text: str, gold: list[str]) -> Iterator[tuple[Where, list[str]]]:
    """The lists of words in a text: what is stated, the items at its end, its last line."""
    lines = [line for line in text.split("\n") if not ASIDE.search(line) or set(_words(line)) & set(gold)] or [""]
    for place, piece in places(text):
        if place == "stated":
            items = _items(text[text.rfind(piece) :].split("\n"))
            yield "stated", _words("\n".join(items) if items else piece)
    items = _items(lines[::-1])[::-1]
    said = [line for line in lines if line.strip()] or [""]
    yield (
        "last",
        _words("\n".join(items))
        if len(items) > 1
        else _words(said[-1][lead.end() if (lead := _LEAD.match(said[-1])) else 0 :]),
    )


def _items(lines: list[str]) -> list[str]:
    return list(takewhile(_ITEM.match, lines))


def _words(text: str) -> list[str]:
    lines = [line[item.end() :] if (item := _ITEM.match(line)) else line for line in text.lower().split("\n")]
    return [word for piece in _SPLIT.split("\n".join(lines)) if (word := piece.strip(_EDGE))]
