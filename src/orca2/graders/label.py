"""One of a few words: yes or no, true or false, a usual label, or one that the question offers."""

import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.nouns import Verdict, Where
from orca2.reading import options as _options
from orca2.reading.grader import TextGrader
from orca2.reading.places import read_with, statements, tidy, verdict

_PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"), ("plausible", "implausible"))
_LIKE_PAIRS = (*_PAIRS, ("correct", "incorrect"), ("possible", "impossible"))
_OPPOSITE = {a: b for pair in _LIKE_PAIRS for a, b in (pair, pair[::-1])}
_SETS = (
    *_PAIRS,
    ("positive", "negative", "neutral", "mixed"),
    ("entailment", "contradiction", "neutral"),
    ("supported", "refuted", "not enough information"),
)
# What stands for yes and no where a response says neither.
_MEANS = {word: meant for pair in _LIKE_PAIRS[1:] for word, meant in zip(pair, ("yes", "no"), strict=True)}
# The labels that a question offers in prose: "positive, negative or neutral?", "cat/dog".
_OFFERED = re.compile(
    r"(?:[\w'-]{1,30}(?: [\w'-]{1,30}){0,2}, ){0,8}[\w'-]{1,30}(?: [\w'-]{1,30})?,? or "
    r"(?:an? )?[\w'-]{1,30}(?: [\w'-]{1,30}){0,2}"
)
_SLASHED = re.compile(r"[\w'-]{1,30}(?:\s?/\s?[\w'-]{1,30}){1,8}")
_LEAD = re.compile(
    r"(?:[\s\"',:*(\[$=-]|\b(?:option|is|it|it's|that|therefore|thus|so|then|a|an|the|definitely|clearly|probably|"
    r"most likely|likely|either|both|argument|statement)(?![\w'-]))*+",
)
_JOIN = re.compile(r"[\s\"']{0,3}(?:\bor\b|\band\b|/)[\s\"']{0,3}")
_SAYS = re.compile(r"\b(?:say|says|answer|answers)\s[\"']?$")
_NOT = re.compile(r"(?:\bnot|n't)\s(?:deductively\s|logically\s)?$")


_QUESTION = 4_000  # characters of the question, from its end, that may offer labels


@dataclass(frozen=True, slots=True)
class Label(TextGrader):
    """DOC"""

    name: ClassVar[str] = "label"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is one of the fixed words or an unlettered option of the question."""
        return bool(_gold(target, _names(target, question)))

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Read one label and compare it without regard to case."""
        names = _names(target, question)
        gold = _gold(target, names)
        found, place = read_with(text, lambda text, place: _read(text, place, names))
        if not found and gold in ("yes", "no"):
            found, place = read_with(text, lambda text, place: _read(text, place, [(word, word) for word in _MEANS]))
            found = tuple(dict.fromkeys(_MEANS[word] for word in found))
        if place == "first":  # "True. False. True." settles on nothing
            said = (_read(piece, "whole", names) for piece in statements(tidy(text)))
            found = tuple(dict.fromkeys(name for names_said in said for name in names_said))
        return verdict(found, place, found == (gold,))


load = Label


def _names(target: str, question: str) -> list[tuple[str, str]]:
    """(alias, label) for every label that the answer may be; an earlier option keeps a shared alias."""
    gold = _options.flat(target)
    pairs: dict[str, str] = {}
    for option in _options.unlettered(question):
        whole, *sides = _options.aliases(option)
        for alias in (whole, *sides):
            pairs.setdefault(alias, sides[0] if sides else whole)
    if gold in pairs:
        return list(pairs.items())
    for labels in _SETS:
        if gold in labels:
            return [(word, word) for word in labels]
    return [(word, word) for word in _offered(gold, question)]


def _offered(gold: str, question: str) -> list[str]:
    """The labels of a list in the question's prose, if the gold answer is one of them."""
    if not gold or len(gold) > 60 or not re.search(r"[a-z]", gold):
        return []
    for pattern, separator in ((_OFFERED, r",? or (?:an? )?|, "), (_SLASHED, r"\s?/\s?")):
        for match in pattern.finditer(question[-_QUESTION:].lower()):
            labels = re.split(separator, match[0])
            # the first and the last may carry words of the sentence around the list
            for fits in (labels, [*labels[:-1], gold], [gold, *labels[1:]]):
                first, last = labels[0], labels[-1]
                if gold in fits and (gold in labels or last.startswith(f"{gold} ") or first.endswith(f" {gold}")):
                    return _trimmed(fits, gold)
    return []


def _trimmed(labels: list[str], gold: str) -> list[str]:
    """Labels without the words of the sentence around them: as many words as the gold answer has."""
    count = len(gold.split())
    first, *middle, last = labels
    return [" ".join(first.split()[-count:]), *middle, " ".join(last.split()[:count])]


def _gold(target: str, names: list[tuple[str, str]]) -> str | None:
    return dict(names).get(_options.flat(target))


def _read(text: str, place: Where, names: list[tuple[str, str]]) -> tuple[str, ...]:
    line = _options.flat(text)
    if place in ("whole", "first"):
        return tuple(name for alias, name in names if alias == line)[:1]
    if place in ("last", "opening"):
        # The words of 'Sentence A: "He drinks apple."' may be repeated in passing; its name is not.
        names = [(alias, name) for alias, name in names if alias == name]
    said = line if place == "last" else _options.flat((statements(text) or [""])[0])
    if "=" in said:
        result = said.rpartition("=")[2].strip()
        return tuple(name for alias, name in names if alias == result)[:1]
    direct = _direct(line, names)
    if direct and place == "corrected" and not re.match(r"\s{0,3}(?:[.!?,;]|$)", line[direct[-1].end :]):
        return ()
    if direct or place in ("corrected", "opening"):
        return tuple(mention.name for mention in direct)
    return _within(said, names)


def _direct(line: str, names: list[tuple[str, str]]) -> list[_options.Mention]:
    """The label that a text starts with, and those joined to it as in "yes or no"."""
    found = _options.mentions(line, names)
    if not found or not _LEAD.fullmatch(line, 0, found[0].start):
        return []
    return _options.joined(line, found, _JOIN)


def _within(line: str, names: list[tuple[str, str]]) -> tuple[str, ...]:
    """Labels anywhere in a statement; "not valid" is its opposite, and yes and no count only at the end."""
    found = []
    for mention in _options.mentions(line, names):
        if mention.name in ("yes", "no") and mention.end < len(line) and not _SAYS.search(line, 0, mention.start):
            continue
        denied = _NOT.search(line, max(0, mention.start - 20), mention.start)
        if not denied:
            found.append(mention.name)
        elif mention.name in _OPPOSITE:
            found.append(_OPPOSITE[mention.name])
    return tuple(found)
