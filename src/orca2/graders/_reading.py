"""Where in a response its answer is stated, best place first; each grader then reads its own type there.

Explicit phrasing beats a bare answer and a bare answer beats the last statement, because a response
names many things and settles on one. Only the tail is looked at, so hostile text costs little.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

from orca2.core.nouns import Verdict

# Characters from the end that are read, and characters of one statement.
TAIL = 4_000
STATEMENT = 400
# Explicit statements that are tried, from the last: more are a loop, not an answer.
TRIED = 20

# bare: the whole text; stated: what follows "the answer is"; corrected: what follows "wait";
# last: the closing statement; opening: the first line, as in "Yes, because ...".
Place = Literal["bare", "stated", "corrected", "last", "opening"]
LAST = "last statement"
_WHY: dict[Place, str] = {
    "bare": "bare answer",
    "stated": "stated answer",
    "corrected": "corrected answer",
    "last": LAST,
    "opening": "opening statement",
}
Read = Callable[[str, Place], tuple[str, ...]]

_CHARACTERS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "`": None}
    | dict.fromkeys("\u00a0\u2009\u202f", " ")
)
_LATEX = (
    (re.compile(r"\\[dt]?frac\{([^{}]{1,40})\}\{([^{}]{1,40})\}"), r"\1/\2"),
    (re.compile(r"\\(?:text|textbf|mathrm|mathbf)\{([^{}]{0,200})\}"), r"\1"),
    (re.compile(r"\\([%$#])"), r"\1"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\[()\[\],!]|\*\*"), " "),
    (re.compile(r"[^\S\n]+"), " "),
)
STATED = re.compile(
    r"(?<!/)(?<!/ )\b(?:answers?|solution|correct (?:option|choice)|best (?:option|choice))\b"
    r"(?:\s{1,3}(?:to|for)\s[^.:\n]{1,100}?)?"
    r"\s{0,3}(?:\b(?:is|are|would be|should be|must be)\b|:|=)\s{0,3}:?|#{4}(?!#)",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\b(?:wait|actually|correction|on second thought|scratch that|sorry|i mean)\b[,:;.\s-]{0,4}"
    r"(?:(?:no|so|actually)\b[,.]?\s)?"
    r"(?:(?:it|that|this)(?:'s| is| should be)\s|make (?:it|that)\s|i mean\s)?",
    re.IGNORECASE,
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s?\{")
_BREAK = re.compile(r"(?<=[.!?])\s+|\n+")
ASIDE = re.compile(r"\b(?:sure|certain|confident|confidence|hope this helps|let me know)\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """The tail of a text in plain characters: no LaTeX or markdown marks, one kind of minus and quote."""
    text = text.rpartition("</think>")[2].strip()[-TAIL:].translate(_CHARACTERS)
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    return text.strip()


def statements(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [piece for piece in map(str.strip, _BREAK.split(text)) if piece]


def places(text: str) -> Iterator[tuple[Place, str]]:
    """Where a tidied text may state its answer, in order of trust; later statements come first."""
    yield "bare", text
    explicit = sorted(_explicit(text), reverse=True)[:TRIED]
    yield from ((place, piece) for _, place, piece in explicit)
    said = [piece for piece in statements(text) if not ASIDE.search(piece)]
    lines = text.split("\n")
    if not explicit and len(lines) > 1:
        yield "bare", lines[0].strip()
    if said:
        yield "last", said[-1][-STATEMENT:]
    if not explicit and said:
        yield "opening", said[0][:STATEMENT]


def read_with(response: str, read: Read) -> tuple[tuple[str, ...], Place]:
    """The answers found in the best place that has any: none, one, or several offered as one."""
    for place, piece in places(tidy(response)):
        if found := tuple(dict.fromkeys(read(piece, place))):
            return found, place
    return (), "last"


def verdict(found: tuple[str, ...], place: Place, right: bool) -> Verdict:
    """The verdict on what was read; `right` counts only if it is one answer."""
    if not found:
        return Verdict("unextracted", None, "no answer found")
    if len(found) > 1:
        return Verdict("ambiguous", " or ".join(found), f"{len(found)} answers offered")
    return Verdict("correct" if right else "wrong", found[0], _WHY[place])


def number_of(text: str) -> Fraction | None:
    """The value of "-1,450.5", "1/2" or "3 1/2"; None if the text is no such number."""
    whole, _, rest = text.replace(",", "").rpartition(" ")
    try:
        part = Fraction(rest)
        if not whole:
            return part
        return Fraction(whole) + (-part if whole.startswith("-") else part)
    except (ValueError, ZeroDivisionError):
        return None


def _explicit(text: str) -> Iterator[tuple[int, Place, str]]:
    for match in STATED.finditer(text):
        if piece := _line_after(text, match.end()):
            yield match.end(), "stated", piece
    for match in _CORRECTED.finditer(text):
        if piece := _line_after(text, match.end()):
            yield match.end(), "corrected", piece
    for match in list(_BOXED.finditer(text))[-TRIED:]:
        yield match.end(), "stated", _inside(text[match.end() : match.end() + STATEMENT])


def _line_after(text: str, start: int) -> str:
    rest = text[start : start + STATEMENT].strip()
    return rest.split("\n", 1)[0].strip()


def _inside(text: str) -> str:
    """The text up to the brace that closes the one before it, or to the end of the line."""
    depth = 1
    for i, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth == 0 or character == "\n":
            return text[:i]
    return text
