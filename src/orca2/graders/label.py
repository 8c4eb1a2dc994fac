"""One of a few words: yes or no, true or false, valid or invalid, or an unlettered option of the question."""

import re

from orca2.core.nouns import Verdict
from orca2.graders import _options
from orca2.graders._reading import Place, read_with, statements, verdict

_PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"))
_OPPOSITE = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
_LEAD = re.compile(
    r"(?:[\s\"',:*(\[$=-]|\b(?:option|is|it|it's|that|therefore|thus|so|then|a|an|the|definitely|clearly|probably|"
    r"most likely|likely|either|both|argument|statement)(?![\w'-]))*+",
)
_JOIN = re.compile(r"[\s\"']{0,3}(?:\bor\b|\band\b|/)[\s\"']{0,3}")
_NOT = re.compile(r"(?:\bnot|n't)\s(?:deductively\s|logically\s)?$")


def reads(target: str, question: str) -> bool:
    """Whether the gold answer is one of the fixed words or an unlettered option of the question."""
    return bool(_gold(target, _names(target, question)))


def grade(target: str, response: str, question: str = "") -> Verdict:
    """Read one label and compare it without regard to case."""
    names = _names(target, question)
    gold = _gold(target, names)
    found, place = read_with(response, lambda text, place: _read(text, place, names))
    return verdict(found, place, found == (gold,))


def _names(target: str, question: str) -> list[tuple[str, str]]:
    """(alias, label) for every label that the answer may be; an earlier option keeps a shared alias."""
    listed = _options.unlettered(question)
    pairs: dict[str, str] = {}
    for option in listed:
        whole, *sides = _options.aliases(option)
        for alias in (whole, *sides):
            pairs.setdefault(alias, sides[0] if sides else whole)
    if _options.flat(target) in pairs:
        return list(pairs.items())
    return [(word, word) for pair in _PAIRS if _options.flat(target) in pair for word in pair]


def _gold(target: str, names: list[tuple[str, str]]) -> str | None:
    return dict(names).get(_options.flat(target))


def _read(text: str, place: Place, names: list[tuple[str, str]]) -> tuple[str, ...]:
    line = _options.flat(text)
    if place == "bare":
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
        if mention.name in ("yes", "no") and mention.end < len(line):
            continue
        denied = _NOT.search(line, max(0, mention.start - 20), mention.start)
        if not denied:
            found.append(mention.name)
        elif mention.name in _OPPOSITE:
            found.append(_OPPOSITE[mention.name])
    return tuple(found)
