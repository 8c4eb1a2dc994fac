"""Where in a response its answer is stated, best place first; each grader then reads its own type there.

Explicit phrasing beats a bare answer and a bare answer beats the last statement, because a response
names many things and settles on one. Only the tail is looked at, so hostile text costs little.
"""

import re
from collections.abc import Callable, Iterator

from orca2.core.types import Verdict, Where
from orca2.reading.abroad import stated_abroad
from orca2.reading.latex import THOUSANDS

# Characters from the end that are read, of one statement, and of what "is the correct answer".
TAIL = 4_000
FARTHEST = 60_000  # characters from the end in which a stated answer is looked for, if only noise follows it
STATEMENT = 400
SUBJECT = 100
# Explicit statements that are tried, from the last: more are a loop, not an answer.
TRIED = 20

_WHY: dict[Where, str] = {
    "whole": "bare answer",
    "field": "field of JSON",
    "stated": "stated answer",
    "corrected": "corrected answer",
    "first": "opening answer",
    "last": "last statement",
    "opening": "opening statement",
}
Read = Callable[[str, Where], tuple[str, ...]]

_CHARACTERS = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "`": None}
    | dict.fromkeys("\u00a0\u2009\u202f\u3000", " ")
    | {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "！？"}
)  # full-width forms are plain ones, but ！ and ？ end a sentence without a space
# "__B__" and "_B_", but neither the subscript of x_B nor the name snake_case
_UNDERSCORED = re.compile(r"(?<![\w\\])(_{1,3})(?=[^\s_])([^_\n]{0,200}?[^\s_])\1(?!\w)")
_LATEX = (
    (THOUSANDS, ","),
    (re.compile(r"(?<=[0-9])\s?\\[dt]?frac\{(\w{1,40})\}\{(\w{1,40})\}"), r" \1/\2"),
    (re.compile(r"\\[dt]?frac\{([\w.]{1,40})\}\{([\w.]{1,40})\}"), r"\1/\2"),
    (re.compile(r"\\(?:text(?:bf|it|rm|sf|tt)?|[mh]box|mathrm|mathbf|mathit)\s?\{([^{}]{0,200})\}"), r"\1"),
    (re.compile(r"\\([%$#])"), r"\1"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\s?\^?\{?\\circ\}?"), "°"),
    (re.compile(r"\\[()\[\],!]"), " "),
)
_STARS = re.compile(r"(?<![0-9])\*{2,3}|\*{2,3}(?![0-9])")
_BLANKS = re.compile(r"[^\S\n]+")
STATED = re.compile(
    r"(?<!/)(?<!/ )\b(?:answers?|solution|correct (?:option|choice)|best (?:option|choice))\b"
    r"(?:\s{1,3}(?:to|for)\s[^.:\n]{1,100}?)?(?:\s?\([^()\n]{1,60}\))?"
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
    r"\b(?:is|are)\s(?:clearly\s|indeed\s|therefore\s)?(?:the\s)?(?:only\s)?"
    r"(?:correct|right|best(?!\s(?:known|\w{1,20}ed)\b))(?:\s(?:answer|option|choice|one))?(?=[\s.,;!]|$)",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(r"\b(?:which|what|none|it|this|that|not|if|whether)\b", re.IGNORECASE)
_MEANS = re.compile(r"^.*\b(?:that|this|which) means\s", re.IGNORECASE)
# Two answers were worked out and neither was chosen.
_UNDECIDED = re.compile(
    r"\b(?:not sure|unsure|can't (?:say|tell|decide)|cannot (?:say|tell|decide)|don't know|no idea) which\b|"
    r"\bone of (?:them|these|those|the two) (?:has to|must|should|is)\b",
    re.IGNORECASE,
)
_BOXED = re.compile(r"\\(?:boxed|fbox)\s?\{")
_CHOSEN = re.compile(
    r"\b(?:i|we)(?:'d| would|'ll| will)?\s(?:definitely\s|probably\s)?"
    r"(?:recommend|choose|chose|pick|select|go with|go for|opt for)\b(?!\s(?:between|from)\b)\s{0,2}",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|in total|altogether|in all|finally|in conclusion|total)\b[^\n]{0,200}[0-9]",
    re.IGNORECASE,
)
# A full stop ends a sentence, but not after "Dr." or an initial.
_BREAK = re.compile(
    r"(?<=[.!?])(?<!\b[A-Z]\.)(?<!\b[DMS][rst]\.)(?<!\bMrs\.)(?<!\bProf\.)(?<!\be\.g\.)(?<!\bi\.e\.)\s+|\n+|(?<=[。！？])"
)
# What a response adds when its answer is given: how sure it is, a check, a courtesy, a question back.
ASIDE = re.compile(
    r"\b(?:sure|certain|confident|confidence|hope this helps|let me know|feel free|happy to help|good luck|"
    r"great question|thank|welcome|remember to|disclaimer)\b|"
    r"^\W{0,3}(?:to |let's |let us |double[- ])?(?:check|verify|verification)\b|\?\W{0,3}$|^\W+$",
    re.IGNORECASE,
)
# A pattern is worth its time only where one of its literals stands in the text.
_LITERALS = {
    STATED: ("answer", "solution", "option", "choice", "####"),
    _CORRECTED: ("wait", "actually", "correction", "second thought", "scratch that", "sorry", "i mean"),
    _TAKEN_BACK: (
        "wait", "scratch that", "second thought", "mistake", "error", "let me ", "wrong", "not right", "correct",
    ),
    _CHOSEN: ("recommend", "choose", "chose", "pick", "select", "go with", "go for", "opt for"),
    _AFFIRMED: ("correct", "right", "best"),
    _BOXED: ("\\boxed", "\\fbox"),
}  # fmt: skip
LATEST = 3  # closing statements that are tried, from the last


def tidy(text: str) -> str:
    """The tail of a text in plain characters: no LaTeX or markdown marks, one kind of minus and quote."""
    text = _tail(text).translate(_CHARACTERS)
    if "_" in text:
        text = _UNDERSCORED.sub(r"\2", text)
    if "\\" in text or "{,}" in text:
        for pattern, plain in _LATEX:
            text = pattern.sub(plain, text)
    if "**" in text:
        text = _STARS.sub(" ", text)
    return _BLANKS.sub(" ", text).strip()


def _tail(text: str) -> str:
    """The end of a text; with the last answer stated before it, if what follows is noise that concludes nothing."""
    tail = text[-TAIL:]
    if len(text) <= TAIL or STATED.search(tail) or _BOXED.search(tail) or _CONCLUDES.search(tail):
        return tail
    before = text[-FARTHEST:-TAIL]
    at = max(
        before.rfind("\\boxed{"),
        *(match.start() for match in STATED.finditer(before)),
        *(end - 30 for end in stated_abroad(before)),
        -1,
    )
    return f"{before[at : at + STATEMENT]}\n{tail}" if at >= 0 else tail


def looped(text: str) -> str | None:
    """The statement that a text repeats to its end, if it does: a loop that was cut off, not a thought."""
    said = statements(text)[:-1]
    return said[-1] if len(said) > 1 and said[-1] == said[-2] else None


def statements(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [piece for piece in map(str.strip, _BREAK.split(text)) if piece]


def places(text: str, cue: re.Pattern[str] | None = None) -> Iterator[tuple[Where, str]]:
    """Where a tidied text may state its answer, in order of trust; later statements come first.

    What was taken back ("Wait, let me recompute") is looked at last. After a `cue` too an answer is stated.
    """
    if not _BOXED.search(text):  # a sentence around a box is no bare answer
        yield "whole", text
    lower = text.lower()
    explicit = sorted(_explicit(text, lower, cue), reverse=True)[:TRIED]
    taken_back = max((match.end() for match in _all(_TAKEN_BACK, text, lower)), default=0)
    yield from ((place, piece) for at, place, piece in explicit if at >= taken_back)
    said = [piece for piece in statements(text[taken_back:]) if not ASIDE.search(piece)]
    said = said or [piece for piece in statements(text) if not ASIDE.search(piece)] or statements(text)
    lines = text.split("\n")
    if not explicit and len(lines) > 1:
        yield "whole", lines[0].strip()
    if not explicit and not taken_back and len(said) > 1:
        yield "first", said[0][:STATEMENT]
    # a text that breaks off has no conclusion but perhaps its last words
    latest = 1 if re.search(r"[\w,;=+*/<-]$", text) else LATEST
    for piece in said[: -latest - 1 : -1]:
        yield "last", piece[-STATEMENT:]
    yield from ((place, piece) for at, place, piece in explicit if at < taken_back)
    if not explicit and said:
        yield "opening", said[0][:STATEMENT]


def read_with(text: str, read: Read, cue: re.Pattern[str] | None = None) -> tuple[tuple[str, ...], Where]:
    """The answers found in the best place that has any: none, one, or several offered as one."""
    text = tidy(text)
    for place, piece in places(text, cue):
        if found := tuple(dict.fromkeys(read(piece, place))):
            undecided = place == "last" and _UNDECIDED.search(text[-STATEMENT:])
            return (*found, "undecided") if undecided else found, place
    return (), "last"


def verdict(found: tuple[str, ...], place: Where, right: bool) -> Verdict:
    """The verdict on what was read; `right` counts only if it is one answer."""
    if not found:
        return Verdict("unextracted", None, "no answer found")
    if len(found) > 1:
        return Verdict("ambiguous", " or ".join(found), f"{len(found)} answers offered", place)
    return Verdict("correct" if right else "wrong", found[0], _WHY[place], place)


def _explicit(text: str, lower: str, cue: re.Pattern[str] | None) -> Iterator[tuple[int, Where, str]]:
    for match in (*_all(STATED, text, lower), *(cue.finditer(text) if cue else ())):
        if piece := _line_after(text, match.end()):
            yield match.end(), "stated", piece
    for end in stated_abroad(text):
        if piece := _line_after(text, end):
            yield end, "stated", piece
    for match in _all(_CORRECTED, text, lower):
        if piece := _line_after(text, match.end()):
            yield match.end(), "corrected", piece
    for match in _all(_CHOSEN, text, lower):
        if piece := _line_after(text, match.end()):
            yield match.end(), "stated", piece
    for match in _all(_AFFIRMED, text, lower):
        subject = _BREAK.split(text[max(0, match.start() - SUBJECT) : match.start()])[-1].strip()
        subject = _MEANS.sub("", subject)
        if subject and not _NO_SUBJECT.search(subject):
            yield match.end(), "stated", subject
    for match in list(_all(_BOXED, text, lower))[-TRIED:]:
        yield match.end(), "stated", _inside(text[match.end() : match.end() + STATEMENT])


def _all(pattern: re.Pattern[str], text: str, lower: str) -> Iterator[re.Match[str]]:
    """The matches of a pattern; `lower` is the text in lower case."""
    return pattern.finditer(text) if any(literal in lower for literal in _LITERALS[pattern]) else iter(())


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
