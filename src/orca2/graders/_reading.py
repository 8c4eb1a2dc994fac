"""Where in a response its answer is stated, best place first; each grader then reads its own type there.

Explicit phrasing beats a bare answer and a bare answer beats the last statement, because a response
names many things and settles on one. Only the tail is looked at, so hostile text costs little.
"""

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Literal

from orca2.core.nouns import Verdict

# Characters from the end that are read, of one statement, and of what "is the correct answer".
TAIL = 4_000
STATEMENT = 400
SUBJECT = 100
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
# What takes back everything said before it, whether or not an answer follows at once.
_TAKEN_BACK = re.compile(
    r"\bwait\b(?:[,.!-]|\s(?:no|a)\b)|\bscratch that\b|\bon second thought\b|"
    r"\bi (?:made|see) (?:a|my) (?:mistake|error)|"
    r"\blet me (?:re-?\s?(?:check|compute|calculate|do|consider|count|think|read)|try again|correct)|"
    r"\b(?:that|this)(?:'s| is) (?:wrong|not right|incorrect|a mistake)\b|\bcorrection:",
    re.IGNORECASE,
)
_AFFIRMED = re.compile(
    r"\b(?:is|are)\s(?:clearly\s|indeed\s|therefore\s)?(?:the\s)?(?:only\s)?(?:correct|right|best)"
    r"(?:\s(?:answer|option|choice|one))?(?=[\s.,;!]|$)",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(r"\b(?:which|what|none|it|this|that|not|if|whether)\b", re.IGNORECASE)
# A question that the model goes on to ask itself: what follows answers something else.
_NEXT_QUESTION = re.compile(
    r"\n\s{0,3}(?:\*\*)?(?:question|q|user|human|problem|input)\s?[0-9]{0,3}\s?[:.](?!\d)", re.IGNORECASE
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s?\{")
_BREAK = re.compile(r"(?<=[.!?])\s+|\n+")
ASIDE = re.compile(r"\b(?:sure|certain|confident|confidence|hope this helps|let me know)\b", re.IGNORECASE)


def tidy(text: str) -> str:
    """The tail of a text in plain characters: no LaTeX or markdown marks, one kind of minus and quote."""
    text = spoken(text)[-TAIL:].translate(_CHARACTERS)
    for pattern, plain in _LATEX:
        text = pattern.sub(plain, text)
    return text.strip()


def spoken(text: str) -> str:
    """What a model says to its reader: no thoughts, and nothing after it starts to ask itself a new question."""
    before, thinking, thought = text.partition("<think>")
    text = thought.rpartition("</think>")[2] if "</think>" in thought else before if thinking else text
    text = text.rpartition("</think>")[2].strip()
    asked = _NEXT_QUESTION.search(text)
    return text[: asked.start()] if asked and text[: asked.start()].strip() else text


def statements(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [piece for piece in map(str.strip, _BREAK.split(text)) if piece]


def places(text: str) -> Iterator[tuple[Place, str]]:
    """Where a tidied text may state its answer, in order of trust; later statements come first.

    What was taken back ("Wait, let me recompute") is looked at last.
    """
    yield "bare", text
    explicit = sorted(_explicit(text), reverse=True)[:TRIED]
    taken_back = max((match.end() for match in _TAKEN_BACK.finditer(text)), default=0)
    yield from ((place, piece) for at, place, piece in explicit if at >= taken_back)
    standing = [piece for piece in statements(text[taken_back:]) if not ASIDE.search(piece)]
    said = standing or [piece for piece in statements(text) if not ASIDE.search(piece)]
    lines = text.split("\n")
    if not explicit and len(lines) > 1:
        yield "bare", lines[0].strip()
    if said:
        yield "last", said[-1][-STATEMENT:]
    yield from ((place, piece) for at, place, piece in explicit if at < taken_back)
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
    for match in _AFFIRMED.finditer(text):
        subject = _BREAK.split(text[max(0, match.start() - SUBJECT) : match.start()])[-1].strip()
        if subject and not _NO_SUBJECT.search(subject):
            yield match.end(), "stated", subject
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
