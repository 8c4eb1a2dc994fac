"""Several labels at once, compared as a set: which ones counts, in what order and how they are joined does not."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.reading.grader import TextGrader
from orca2.reading.label_sets import alias_of, given
from orca2.reading.mentions import Mention, meant, mentions, spaced
from orca2.reading.places import read_with, tidy, verdict
from orca2.reading.undecided import NOTHING, settled

NONE = "none"  # how the empty set is shown
_MOST_WORDS = 3  # of what stands between two separators and is taken for a label that nobody named
_SEPARATORS = re.compile(r"\s?(?:[,;|\n/]|\band\b|&|\bsowie\b|\bund\b|\bet\b|\by\b|[、和])\s?")
_OR = re.compile(r"[\"'*]{0,2},?\s(?:or|oder|ou)\s[\"'*]{0,2}")
_ITEM = re.compile(r"\s{0,8}(?:[0-9]{1,2}[.)]|[-*•])\s{1,4}")
_LEAD = re.compile(
    r"(?:[\s\"',:*(\[$=>-]|\b(?:it|is|are|this|that|therefore|thus|so|hence|the|following|labels?|categories|category|"
    r"both|about|and|tags?|topics?|a|an)(?![\w'-]))*+"
)
_TAG = re.compile(r"</?\w{1,20}>")
_FILLER = re.compile(
    r"(?:\b(?:it|is|are|this|the|labels?|categories|category|both|about|also|an?|etc|following)\b|\W)*"
)
_CUE = re.compile(
    r"\b(?:labels?|categor(?:y|ies)|class(?:es)?|tags?|topics?|intents?|emotions?|themes?|genres?|predictions?|"
    r"classification)\b[^.:\n]{0,40}?(?:\s(?:is|are|would be|should be)\b|[:=])\s{0,3}:?|"
    r"(?<!not )(?<!n't )\b(?:classif(?:y|ied)|label(?:l?ed)?|tag(?:ged)?)\b[^.:\n]{0,40}?\s(?:as|with)\s:?\s{0,2}",
    re.IGNORECASE,
)
_NOTHING_FITS = re.compile(
    r"\W{0,3}(?:none|nothing|n/a|no (?:labels?|categor(?:y|ies)|tags?|topics?)|\[\s?\]|\{\s?\}|empty(?: set)?)"
    r"(?: of (?:them|these|the (?:labels|categories|above)))?(?: (?:appl(?:y|ies)|fits?|match(?:es)?))?\W{0,3}"
)
# "billing: yes", "- refund: no"
_MARK = re.compile(r"[\"'*]{0,3}\s?[:=-]\s?[\"'*]{0,3}(?:(?P<yes>yes|true|1|✓|✔|✅)|no|false|0|✗|✘|❌)(?!\w)")
_ASIDE = re.compile(r",?\s(?:because|since|although|though|while|whereas|given that|due to)\s.*|\.\s.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Labels(TextGrader):
    """Reads all labels that an answer gives: the same ones are right, one more or one less is wrong.

    >>> Labels(labels=["billing", "refund", "shipping"]).grade("billing, refund", "- Refund\\n- Billing").outcome
    'correct'
    >>> Labels(labels=["billing", "refund", "shipping"]).grade("billing, refund", "billing").outcome
    'wrong'

    The gold answer is a list as in "a, b", "a; b", one a line or in JSON; "none" or "[]" is the empty set. `labels` is
    the closed set, in which a name may hold a comma or an "and"; without it whatever stands between the separators is a
    label. `separator` parts gold labels that stand in another way, such as "a + b".
    """

    labels: Sequence[str] = ()
    separator: str = ""

    name: ClassVar[str] = "labels"

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is several of the named labels, or one of a family whose answers are several."""
        if not self.labels:
            return False
        single, several = self._singles()
        gold = self._gold(target)
        return bool(gold) and gold <= set(single) and (len(gold) > 1 or several)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read the labels where the answer is stated and compare the sets."""
        gold = self._gold(target)
        reader = _Reader(given((*self._singles()[0], *gold)), tidy(text))
        found, place = read_with(text, reader.read, _CUE)
        if NOTHING in found:
            found = ()
        return verdict(found, place, len(found) == 1 and found[0] == _shown(gold))

    def _gold(self, target: str) -> set[str]:
        return {alias_of(label) for label in self._split(target)} - {"", NONE}

    def _split(self, text: str) -> list[str]:
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
        if isinstance(listed, list):
            return [str(label) for label in listed]
        if self.separator:
            return text.split(self.separator)
        for separator in (";", "|", "\n", ","):
            if separator in text:
                return [_ITEM.sub("", label) for label in text.split(separator)]
        return [text]

    def _singles(self) -> tuple[tuple[str, ...], bool]:
        """The labels one by one, and whether some of those that are named are several: "billing, refund"."""
        parts = {label: [alias_of(part) for part in self._split(label)] for label in self.labels}
        times = [part for several in parts.values() for part in set(several)]
        joined = {
            label for label, several in parts.items() if len(several) > 1 and all(times.count(p) > 1 for p in several)
        }
        single = (part for label in self.labels for part in (parts[label] if label in joined else [alias_of(label)]))
        return tuple(dict.fromkeys(part for part in single if part not in ("", NONE))), bool(joined)


load = Labels


class _Reader:
    """Reads the labels of a part of a response, shown as one text."""

    def __init__(self, names: dict[str, str], response: str) -> None:
        self.names, self.response = tuple(names.items()), response

    def read(self, text: str, place: Where) -> tuple[str, ...]:
        if place == "whole":
            return self._marked(text) or self._listed(text, whole=True)
        if place == "stated":
            return self._listed(self._with_items(text), whole=False)
        if place == "last":
            return self._bullets() or self._listed(text, whole=False)
        return ()

    def _marked(self, text: str) -> tuple[str, ...]:
        """The labels that pass where a response says yes or no of each."""
        line = spaced(text)
        marks = [(one.name, mark) for one in mentions(line, self.names) if (mark := _MARK.match(line, one.end))]
        return (_shown({name for name, mark in marks if mark["yes"]}),) if len(marks) > 1 else ()

    def _listed(self, text: str, whole: bool) -> tuple[str, ...]:
        """The labels that a text names; with what stands between them as if it were one. `whole`: and nothing else."""
        line = spaced(_TAG.sub(" ", text).replace("\n", "; "))
        if _NOTHING_FITS.fullmatch(line):
            return (NONE,)
        if settled(line, self.names) is None:
            return (NOTHING,)
        line = line if whole else _ASIDE.sub("", line)
        found, denied = meant(line, self.names, _LEAD)
        if not found:
            return ()
        if any(_OR.fullmatch(line, a.end, b.start) for a, b in pairwise(found)):
            return tuple(mention.name for mention in found)  # one or the other
        alone, unnamed = _around(line, found)
        if whole and not alone:
            return ()
        return (_shown({mention.name for mention, no in zip(found, denied, strict=True) if not no} | unnamed),)

    def _with_items(self, text: str) -> str:
        """A statement with the items that follow it line by line."""
        if not _ITEM.match(text):
            return text
        lines = self.response[self.response.rfind(text) :].split("\n")
        return "\n".join(_ITEM.sub("", line) for line in takewhile(_ITEM.match, lines))

    def _bullets(self) -> tuple[str, ...]:
        """The labels of the items that a response ends with."""
        items = list(takewhile(_ITEM.match, reversed([line for line in self.response.split("\n") if line.strip()])))
        return self._listed("\n".join(_ITEM.sub("", item) for item in items), whole=True) if items else ()


def _around(line: str, found: Sequence[Mention]) -> tuple[bool, set[str]]:
    """Whether nothing stands beside the labels of a list, and what stands between its separators without being one."""
    for mention in reversed(found):
        line = f"{line[: mention.start]}\0{line[mention.end :]}"
    pieces = _SEPARATORS.split(line)
    alone = all(_FILLER.fullmatch(piece.replace("\0", "")) for piece in pieces if "\0" in piece)
    others = {piece.strip() for piece in pieces if "\0" not in piece and not _FILLER.fullmatch(piece)}
    return alone, {piece for piece in others if len(piece.split()) <= _MOST_WORDS}


def _shown(labels: set[str]) -> str:
    return ", ".join(sorted(alias_of(label) for label in labels)) or NONE
