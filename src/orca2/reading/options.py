"""The options that a question lists: lettered, numbered, or without any mark."""

import re
from collections import deque
from collections.abc import Iterator

from orca2.reading.mentions import flat

_PLAIN = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
_CIRCLED = re.compile("[\u2460-\u2473]")  # ① to ⑳
_ORDER = {
    "letter": tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "number": tuple(map(str, range(1, 21))),
    "roman": ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
}
_SECOND = {
    "letter": tuple(f"{key}{mark}" for key in "Bb" for mark in ").:]、"),
    "number": tuple(f"2{mark}" for mark in ").:]、"),
    "roman": tuple(f"{key}{mark}" for key in ("ii", "II") for mark in ").:]、"),
}
_KEY = {"letter": r"[A-Za-z]", "number": r"[0-9]{1,2}", "roman": r"[ivxIVX]{1,4}"}
# "(A)", "[A]", "A)", "A.", "A:", "A、"; a small letter has a bracket or stands alone in its line's front
_AT_LINE = {
    kind: re.compile(
        r"^[ \t>]{0,8}(?:[-*•][ \t]{1,4})?(?:\*\*)?(?:(?i:option|choice|answer|solution|statement)[ \t])?"
        rf"(?:[(\[]({key})[)\]][.:]?|({key})(?:[).、]|:(?=[ \t])))(?:\*\*)?[ \t]{{0,8}}(.{{0,2000}})$",
        re.MULTILINE,
    )
    for kind, key in _KEY.items()
}
_IN_LINE = {
    kind: re.compile(
        rf"(?<![\w(\[])(?:[(\[]({key})[)\]]|({key})\)|({key.replace('a-z', '')})(?:[.:](?=\s)|、))\s{{0,4}}"
    )
    for kind, key in _KEY.items()
}
_UNMARKED = re.compile(
    r"\b(?:options|(?:answer |possible )?choices|labels|categories|classes|possible answers)[ \t]?:", re.IGNORECASE
)
_DASHED = re.compile(r"[ \t]{0,8}[-*•][ \t]{1,4}(\S.{0,2000})")
_SIDES = re.compile(r"([^:]{1,40}):\s+(.+)")
_MARKS = 300  # of options within lines, from the last
_LONGEST = 10_000  # characters of a question, from its end, that are looked through


def lettered(question: str) -> dict[str, str]:
    """Letter to text for "(A) text", "- (A) text", "A. text" lines or "(A) text (B) text": the last run from A on.

    >>> lettered("Which floats? Answer Choices: (A) cork (B) stone")
    {'A': 'cork', 'B': 'stone'}
    """
    return _run(_plain(question), "letter")


def numbered(question: str) -> tuple[str, dict[str, str]]:
    """As `lettered`, for "(1) text" or "(i) text", with the kind of the marks; for a list that ends the question.

    >>> numbered("Which floats?\\n(i) cork\\n(ii) stone")
    ('roman', {'i': 'cork', 'ii': 'stone'})
    """
    text = _CIRCLED.sub(lambda mark: f"({ord(mark[0]) - 0x245F}) ", _plain(question))
    for kind in ("number", "roman"):
        found = _run(text, kind)
        if found and text.rstrip().endswith(tuple(found.values())[-1]):
            return kind, found
    return "number", {}


def unlettered(question: str) -> list[str]:
    """The "- text" lines under the last "Options:"; none if they are lettered."""
    text = question[-_LONGEST:]
    cues = list(_UNMARKED.finditer(text))
    if not cues:
        return []
    first, *lines = text[cues[-1].end() :].split("\n")
    lines = [line for line in lines if line.strip()] if not first.strip() else []
    found = []
    for line in lines:
        if not (dashed := _DASHED.fullmatch(line)):
            break
        found.append(dashed[1].strip())
    return [] if _run("\n".join(lines), "letter") else found


def aliases(option: str) -> list[str]:
    """How an option may be named: whole, or either side of the colon in 'Sentence A: "He drinks apple."'."""
    sides = _SIDES.fullmatch(option)
    return [flat(name) for name in (option, *(sides.groups() if sides else ())) if flat(name)]


def _plain(question: str) -> str:
    text = question[-_LONGEST:]
    return text if text.isascii() else text.translate(_PLAIN)


def _run(text: str, kind: str) -> dict[str, str]:
    """Key to text of the last run of marks in their order, each on a line of its own or else several in one."""
    if not any(second in text for second in _SECOND[kind]):  # no list goes without one, and most questions list nothing
        return {}
    at_line = _last_run(((match[1] or match[2], match[3].strip()) for match in _AT_LINE[kind].finditer(text)), kind)
    return at_line or _last_run(_in_line(text, kind), kind)


def _in_line(text: str, kind: str) -> Iterator[tuple[str, str]]:
    latest = deque(_IN_LINE[kind].finditer(text), maxlen=_MARKS)
    marks = [mark for mark in latest if mark[1] or not _named(text, mark, kind)]
    ends = [*(after.start() for after in marks[1:]), len(text)]
    for mark, end in zip(marks, ends, strict=False):
        yield mark[1] or mark[2] or mark[3], text[mark.end() : end].split("\n", 1)[0].strip(" \t,;")


def _named(text: str, mark: re.Match[str], kind: str) -> bool:
    """Whether a mark without a bracket in front ends a name, as in 'Sentence A: "He drinks apple."'."""
    key = (mark[2] or mark[3]).upper()
    before = text[max(0, mark.start() - 2) : mark.start()]
    return key == _ORDER[kind][0].upper() and before.endswith(" ") and before[:1].isalnum()


def _last_run(marks: Iterator[tuple[str, str]], kind: str) -> dict[str, str]:
    order = _ORDER[kind]
    found: dict[str, str] = {}
    run: dict[str, str] = {}
    for key, text in marks:
        key = key.upper() if kind == "letter" else key.lower()
        if key == order[0]:
            run = {key: text}
        elif run and len(run) < len(order) and key == order[len(run)]:
            run[key] = text
        if len(run) > 1:
            found = run
    return found
