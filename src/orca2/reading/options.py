"""The options that a question lists, and where a text names them: some answers give words, not the letter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LETTERED = re.compile(
    r"^[ \t]{0,8}(?:-[ \t]{0,4})?(?:\(([A-Za-z])\)|([A-Z])[).:](?=[ \t])|([a-z])\)(?=[ \t]))[ \t]{0,8}(.{0,2000})$",
    re.MULTILINE,
)
_DASHED = re.compile(r"^[ \t]{0,8}[-*•][ \t]{1,4}(\S.{0,2000})$", re.MULTILINE)
_NAMED = re.compile(r"([^:]{1,40}):\s+(.+)")


@dataclass(frozen=True, slots=True)
class Mention:
    """An option named in a text: where, and which."""

    start: int
    end: int
    name: str


def lettered(question: str) -> dict[str, str]:
    """Letter to text for "(A) text", "- (A) text" and "A. text" lines: the last run that starts at A."""
    options: dict[str, str] = {}
    for match in _LETTERED.finditer(question):
        letter = (match[1] or match[2] or match[3]).upper()
        if letter == "A":
            options = {"A": match[4].strip()}
        elif options and ord(letter) == ord("A") + len(options):
            options[letter] = match[4].strip()
    return options if len(options) > 1 else {}


def unlettered(question: str) -> list[str]:
    """The "- text" lines under the last "Options:"; none if they are lettered."""
    _, found, listed = question.rpartition("Options:")
    if not found or lettered(question):
        return []
    return [match[1].strip() for match in _DASHED.finditer(listed)]


def aliases(option: str) -> list[str]:
    """How an option may be named: whole, or either side of the colon in 'Sentence A: "He drinks apple."'."""
    sides = _NAMED.fullmatch(option)
    return [flat(name) for name in (option, *(sides.groups() if sides else ())) if flat(name)]


def flat(text: str) -> str:
    """Lower case, single spaces, no full stop or quotes around."""
    return " ".join(text.lower().split()).strip("\"'. ")


def mentions(text: str, names: Iterable[tuple[str, str]]) -> list[Mention]:
    """Whole-word mentions of (alias, name) pairs in a `flat` text, in order; a longer alias hides a shorter."""
    found: list[Mention] = []
    taken = [False] * len(text)
    for alias, name in sorted(names, key=lambda pair: -len(pair[0])):
        start = text.find(alias)
        while start >= 0:
            end = start + len(alias)
            if not any(taken[start:end]) and not _within_word(text, start, end):
                taken[start:end] = [True] * len(alias)
                found.append(Mention(start, end, name))
            start = text.find(alias, end)
    return sorted(found, key=lambda mention: mention.start)


def joined(text: str, found: Sequence[Mention], join: re.Pattern[str]) -> list[Mention]:
    """The first mention, with those that only a `join` such as " or " parts from the one before."""
    offered = list(found[:1])
    for mention in found[1:]:
        if not join.fullmatch(text, offered[-1].end, mention.start):
            break
        offered.append(mention)
    return offered


def _within_word(text: str, start: int, end: int) -> bool:
    before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return before or after
